import { ports, servers as addresses } from './sites.js';
import { boxDirectory, webNamespaces } from './configs.js';
import type { LabNamespace } from './types.js';

/** A server of the lab: what runs, where, and which TCP sockets show that it serves. */
export interface LabServer {
  name: string;
  namespace: LabNamespace;
  argv: string[];
  ready: { address: string; port: number }[];
}

/** The servers of one lab; radvd only where addresses come from router advertisements. */
export function planServers(options: { routerAdvertisements: boolean }): LabServer[] {
  return [
    {
      name: 'authority',
      namespace: 'internet',
      argv: ['knotd', '-c', `${boxDirectory}/conf/knot.conf`],
      ready: both(addresses.authority),
    },
    {
      name: 'broken-authority',
      namespace: 'internet',
      argv: ['dnsdist', '--supervised', '--disable-syslog', '-C', `${boxDirectory}/conf/dnsdist.conf`],
      ready: both(addresses.brokenAuthority),
    },
    {
      name: 'resolver',
      namespace: 'internet',
      argv: ['unbound', '-d', '-c', `${boxDirectory}/conf/unbound.conf`],
      ready: both(addresses.resolver),
    },
    {
      name: 'dnsmasq',
      namespace: 'internet',
      argv: ['dnsmasq', '--keep-in-foreground', `--conf-file=${boxDirectory}/conf/dnsmasq.conf`],
      ready: both(addresses.dnsmasq),
    },
    {
      name: 'systemd-resolved',
      namespace: 'internet',
      // Its files are where they always are; /run/hosts is the servers' /etc/hosts (box.ts).
      argv: [
        'sh',
        '-c',
        `mkdir -p /run/systemd/resolved.conf.d && cp ${boxDirectory}/conf/resolved.conf /run/systemd/resolved.conf.d/lab.conf && cat ${boxDirectory}/conf/resolved.hosts >>/run/hosts && exec /usr/lib/systemd/systemd-resolved`,
      ],
      ready: both(addresses.systemdResolved),
    },
    {
      name: 'registry',
      namespace: 'internet',
      argv: ['docker-registry', 'serve', `${boxDirectory}/conf/registry.yml`],
      ready: [{ address: '127.0.0.1', port: 5000 }],
    },
    ...webNamespaces.flatMap((namespace): LabServer[] => [
      {
        name: `web-${namespace}`,
        namespace,
        argv: ['nginx', '-c', `${boxDirectory}/conf/nginx-${namespace}.conf`],
        ready: [
          { address: '127.0.0.1', port: ports.https },
          { address: '::1', port: ports.https },
        ],
      },
      {
        name: `echo-tcp-${namespace}`,
        namespace,
        argv: [
          'socat',
          '-b16384',
          '-t30',
          'TCP4-LISTEN:1070,bind=127.0.0.1,reuseaddr,fork,max-children=500',
          'EXEC:cat',
        ],
        ready: [{ address: '127.0.0.1', port: 1070 }],
      },
      {
        name: `echo-udp-${namespace}`,
        namespace,
        argv: ['socat', '-b65536', 'UDP4-RECVFROM:1070,bind=127.0.0.1,reuseaddr,fork', 'PIPE'],
        ready: [],
      },
    ]),
    ...(options.routerAdvertisements
      ? [
          {
            name: 'radvd',
            namespace: 'internet' as const,
            argv: [
              'radvd',
              '-n',
              '-m',
              'stderr',
              '-C',
              `${boxDirectory}/conf/radvd.conf`,
              '-p',
              `${boxDirectory}/state/radvd.pid`,
            ],
            ready: [],
          },
        ]
      : []),
  ];
}

/** A shell that notes its number in the PID file and becomes the server. */
export function renderStart(server: LabServer): string[] {
  const script = `echo $$ >${boxDirectory}/pid/${server.name}; exec "$@" >>${boxDirectory}/log/${server.name}.log 2>&1 </dev/null`;
  return ['setsid', '--fork', 'bash', '-c', script, server.name, ...server.argv];
}

/** Ends the server of the PID file and waits for it. */
export function renderStop(name: string): string[] {
  const file = `${boxDirectory}/pid/${name}`;
  return [
    'bash',
    '-c',
    `[ -e ${file} ] || exit 0; pid=$(<${file}); kill "$pid" 2>/dev/null; for i in {1..200}; do [ -e /proc/$pid ] || break; sleep 0.02; done; [ ! -e /proc/$pid ] || kill -9 "$pid"; rm -f ${file}`,
  ];
}

/** Ends when all the sockets have taken a connection; exit code 1 with those that did not within 10 s. */
export function renderProbe(sockets: { address: string; port: number }[]): string[] {
  const script = `end=$((SECONDS+10)); for socket; do
until (exec 3<>"/dev/tcp/\${socket% *}/\${socket#* }") 2>/dev/null; do ((SECONDS<end)) || { echo "nothing listens at $socket" >&2; exit 1; }; sleep 0.02; done; done`;
  return ['bash', '-c', script, 'probe', ...sockets.map(({ address, port }) => `${address} ${port}`)];
}

function both(server: { ipv4: string; ipv6: string }): { address: string; port: number }[] {
  return [server.ipv4, server.ipv6].map((address) => ({ address, port: 53 }));
}
