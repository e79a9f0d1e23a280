import { ports, privateImage, servers, sites, uplink } from './sites.js';
import { localNames, renderRootHints, renderZones, reverseZones, signedZone, siteAliases, ttls } from './zones.js';

/** Where an instance's folder is inside the lab's root filesystem. */
export const boxDirectory = '/run/lab';

export interface ConfigOptions {
  advertisedLifetimeMs: number;
}

/** Every configuration file of the lab's servers, by path below the instance's folder. */
export function renderConfigs(options: ConfigOptions): Record<string, string> {
  const zones = renderZones();
  return {
    ...Object.fromEntries(Object.entries(zones).map(([file, { text }]) => [`conf/zones/${file}`, text])),
    'conf/root.hints': renderRootHints(),
    'conf/knot.conf': renderKnot(Object.entries(zones).map(([file, { zone }]) => ({ file, zone }))),
    'conf/dnsdist.conf': renderDnsdist(),
    'conf/unbound.conf': renderUnbound(),
    'conf/dnsmasq.conf': renderDnsmasq(),
    'conf/resolved.conf': renderResolved(),
    // What it knows from there has no SOA.
    'conf/resolved.hosts': `${sites['v4only.test']?.ipv4} hosts-v4only.test\n${sites['v6only.test']?.ipv6} hosts-v6only.test\n`,
    ...Object.fromEntries(webNamespaces.map((namespace) => [`conf/nginx-${namespace}.conf`, renderNginx(namespace)])),
    'conf/radvd.conf': renderRadvd(options.advertisedLifetimeMs / 1000),
    'conf/registry.yml': renderRegistry(),
    'conf/registry-users': `${privateImage.user}:{PLAIN}${privateImage.password}\n`,
  };
}

function renderKnot(zones: { file: string; zone: string }[]): string {
  return [
    'server:',
    `  listen: [ ${servers.authority.ipv4}@53, ${servers.authority.ipv6}@53 ]`,
    `  rundir: ${boxDirectory}/state/knot`,
    '  udp-workers: 1',
    '  tcp-workers: 1',
    '  background-workers: 1',
    'log:',
    '  - target: stderr',
    '    any: info',
    'database:',
    `  storage: ${boxDirectory}/state/knot`,
    'template:',
    '  - id: default',
    `    storage: ${boxDirectory}/conf/zones`,
    '    zonefile-sync: -1',
    '    journal-content: none',
    'zone:',
    ...zones.flatMap(({ file, zone }) => [
      `  - domain: ${zone}`,
      `    file: ${file}`,
      ...(zone === signedZone ? ['    dnssec-signing: on'] : []),
    ]),
    '',
  ].join('\n');
}

/** Authority of the zones whose servers misbehave: fails everything, fails AAAA alone, never answers. */
function renderDnsdist(): string {
  return [
    `setLocal('${servers.brokenAuthority.ipv4}:53')`,
    `addLocal('[${servers.brokenAuthority.ipv6}]:53')`,
    "setACL({'0.0.0.0/0', '::/0'})",
    'setSecurityPollSuffix("")',
    "addAction({'silent.test.'}, DropAction())",
    "addAction(AndRule({QNameRule('aaaafail.test.'), QTypeRule(DNSQType.A)}), " +
      `SpoofAction({'${sites['aaaafail.test']?.ipv4}'}, {ttl=${ttls.a}, aa=true}))`,
    // Every name below it, by either family, after a second; delays are for UDP alone.
    "addAction(AndRule({makeRule({'slow.test.'}), TCPRule(true)}), DropAction())",
    "addAction({'slow.test.'}, DelayAction(1000))",
    `addAction({'slow.test.'}, SpoofAction({'${sites['dual.test']?.ipv4}', '${sites['dual.test']?.ipv6}'}, {ttl=${ttls.a}, aa=true}))`,
    'addAction(AllRule(), RCodeAction(DNSRCode.SERVFAIL))',
    '',
  ].join('\n');
}

function renderUnbound(): string {
  return [
    'server:',
    `  interface: ${servers.resolver.ipv4}`,
    `  interface: ${servers.resolver.ipv6}`,
    '  access-control: 0.0.0.0/0 allow',
    '  access-control: ::/0 allow',
    '  username: ""',
    '  chroot: ""',
    '  pidfile: ""',
    '  use-syslog: no',
    '  logfile: ""',
    '  do-daemonize: no',
    `  directory: "${boxDirectory}"`,
    `  root-hints: "${boxDirectory}/conf/root.hints"`,
    '  module-config: "iterator"',
    '  num-threads: 1',
    '  msg-cache-size: 1m',
    '  rrset-cache-size: 1m',
    '  unblock-lan-zones: yes',
    '  insecure-lan-zones: yes',
    '  qname-minimisation: no',
    '  minimal-responses: no',
    // Its built-in empty zones would hide the lab's own.
    ...['test.', 'ipv4only.arpa.', ...reverseZones].map((zone) => `  local-zone: "${zone}" nodefault`),
    'remote-control:',
    '  control-enable: yes',
    '  control-use-cert: no',
    `  control-interface: ${boxDirectory}/state/unbound.sock`,
    '',
  ].join('\n');
}

/** A home router's: sites and their aliases as names of its own; what else is below `test.` it has not. */
function renderDnsmasq(): string {
  return [
    'user=root',
    'no-resolv',
    'no-hosts',
    'bind-interfaces',
    `listen-address=${servers.dnsmasq.ipv4},${servers.dnsmasq.ipv6}`,
    `local-ttl=${ttls.a}`,
    'local=/test/',
    ...['servfail', 'aaaafail'].map((zone) => `server=/${zone}.test/${servers.brokenAuthority.ipv4}`),
    ...localNames().map(([name, address]) => `host-record=${name},${address}`),
    'txt-record=nodata.test,neither A nor AAAA',
    ...siteAliases.map(([alias, target]) => `cname=${alias},${target}`),
    '',
  ].join('\n');
}

/** A laptop's stub in front of the lab's resolver, with names of its /etc/hosts. */
function renderResolved(): string {
  return [
    '[Resolve]',
    `DNS=${servers.resolver.ipv4}`,
    'FallbackDNS=',
    ...['DNSSEC', 'DNSOverTLS', 'LLMNR', 'MulticastDNS', 'DNSStubListener'].map((feature) => `${feature}=no`),
    ...[servers.systemdResolved.ipv4, servers.systemdResolved.ipv6].map((address) => `DNSStubListenerExtra=${address}`),
    '',
  ].join('\n');
}

/** One web server for each namespace that has sites. */
export const webNamespaces = ['internet', 'mtu1280', 'mtu1400'] as const;

function renderNginx(namespace: string): string {
  const scratch = `/tmp/nginx-${namespace}`;
  const names = Object.entries(sites).flatMap(([name, { ipv4, ipv6 }]) =>
    [ipv4, ipv6].filter((text) => text !== undefined).map((text) => `    "${text}" ${name};`),
  );
  const answer = 'site $site\\nsource $remote_addr\\nport $remote_port\\nhost $host\\nscheme $scheme\\n';
  return [
    'load_module /usr/lib/nginx/modules/ngx_stream_module.so;',
    'daemon off;',
    'user root;',
    'worker_processes 1;',
    'pid /dev/null;',
    'error_log stderr notice;',
    'events { worker_connections 1024; }',
    'http {',
    '  access_log /dev/stdout;',
    '  default_type text/plain;',
    '  server_tokens off;',
    '  keepalive_timeout 65s;',
    ...['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `  ${kind}_temp_path ${scratch}-${kind};`),
    '  map $server_addr $site {',
    '    default unknown;',
    ...names,
    '  }',
    '  server {',
    `    listen ${ports.http} default_server; listen [::]:${ports.http} default_server;`,
    `    listen ${ports.https} ssl default_server; listen [::]:${ports.https} ssl default_server;`,
    `    ssl_certificate ${boxDirectory}/ca/server.crt; ssl_certificate_key ${boxDirectory}/ca/server.key;`,
    '    client_max_body_size 64m;',
    '    client_body_buffer_size 1m;',
    `    location / { return 200 "${answer}"; }`,
    '    location = /source { return 200 "$remote_addr\\n"; }',
    `    location = /10mb.bin { root ${boxDirectory}/state/www; default_type application/octet-stream; }`,
    // Proxied to itself, so that the whole body is read before the answer.
    `    location = /upload { proxy_pass http://unix:${scratch}-sink.sock; }`,
    '  }',
    `  server { listen unix:${scratch}-sink.sock; client_max_body_size 64m; location / { return 200 "received $content_length\\n"; } }`,
    '  server {',
    `    listen ${ports.https} ssl; listen [::]:${ports.https} ssl; server_name registry.test;`,
    `    ssl_certificate ${boxDirectory}/ca/server.crt; ssl_certificate_key ${boxDirectory}/ca/server.key;`,
    '    client_max_body_size 0;',
    '    proxy_request_buffering off;',
    '    location / { return 404; }',
    `    location /v2/${privateImage.folder}/ { auth_basic lab; auth_basic_user_file ${boxDirectory}/conf/registry-users; proxy_pass http://127.0.0.1:5000/v2/lab/; }`,
    '    location /v2/ { proxy_pass http://127.0.0.1:5000; proxy_set_header Host $http_host; proxy_set_header X-Forwarded-Proto $scheme; }',
    '  }',
    '}',
    'stream {',
    '  proxy_timeout 1h;',
    '  proxy_half_close on;',
    `  server { listen ${ports.echo}; listen [::]:${ports.echo}; proxy_pass 127.0.0.1:1070; }`,
    `  server { listen ${ports.echo} udp; listen [::]:${ports.echo} udp; proxy_pass 127.0.0.1:1070; proxy_timeout 10s; }`,
    `  server { listen ${ports.source}; listen [::]:${ports.source}; return "$remote_addr $remote_port\\n"; }`,
    `  server { listen ${ports.source} udp; listen [::]:${ports.source} udp; return "$remote_addr $remote_port\\n"; }`,
    '}',
    '',
  ].join('\n');
}

function renderRadvd(lifetimeSeconds: number): string {
  return [
    'interface uplink {',
    `  AdvSendAdvert on; MinRtrAdvInterval 3; MaxRtrAdvInterval ${Math.min(10, Math.max(4, lifetimeSeconds / 2))}; AdvDefaultLifetime ${lifetimeSeconds};`,
    `  prefix ${uplink.ipv6Subnet} { AdvOnLink on; AdvAutonomous on; };`,
    '};',
    '',
  ].join('\n');
}

function renderRegistry(): string {
  return [
    'version: 0.1',
    'log: { level: info }',
    `storage: { filesystem: { rootdirectory: ${boxDirectory}/state/registry }, delete: { enabled: true } }`,
    'http: { addr: "127.0.0.1:5000", relativeurls: true }',
    '',
  ].join('\n');
}
