import { execa } from 'execa';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectSocket } from '../../../src/engine/connect.js';
import type { Engine } from '../../../src/engine/types.js';
import { packetRules, runOnHost } from '../../../src/host/run-on-host.js';
import { findBaseImage } from '../../../src/images/ensure.js';
import { labels } from '../../../src/labels.js';
import type { DoctorFinding, DoctorReport } from '../../../src/results/doctor.js';
import { limitLabVolumes } from '../../lab/engine.js';
import { describeWithLab } from '../../support/lab.js';
import { expectPublished } from '../../support/published-schema.js';

const project = fileURLToPath(new URL('../../..', import.meta.url));
const noEnvironment = { dockerHost: undefined, dockerContext: undefined, dockerConfig: '/nonexistent', dockerCertPath: undefined, dockerTlsVerify: false, proxy: {}, caBundle: undefined };

/** Every engine of this file: no IPv6 packet rules, and few files for containers. */
const daemonJson = { ip6tables: false, 'default-ulimits': { nofile: { Name: 'nofile', Hard: 4096, Soft: 4096 } } };

/** Each check made to fail by what makes it fail on a user's machine; no cluster. */
describeWithLab('integration', 'doctor names the fault', { profile: 'dual', engine: { daemonJson } }, (fixture) => {
  let engine: Engine;
  let base: string;
  let folder: string;
  beforeAll(async () => {
    engine = await connectSocket((fixture.lab.engineEndpoint ?? '').replace('unix://', ''), noEnvironment);
    base = (await findBaseImage(engine)) ?? '';
    folder = await mkdtemp(join(tmpdir(), 'dind64-test-'));
    // What a kubectl of this release says.
    await writeFile(join(folder, 'kubectl'), '#!/bin/sh\necho \'{"clientVersion":{"gitVersion":"v1.30.1"}}\'\n', { mode: 0o755 });
  });
  afterAll(async () => { await rm(folder, { recursive: true, force: true }); });

  const onHost = async (script: string): Promise<void> => {
    await runOnHost(engine, base, { doing: 'breaking the host', script: `set -e\n${script}`, capabilities: packetRules, writesSysctls: true });
  };

  async function diagnose(env: Record<string, string> = {}): Promise<Record<string, DoctorFinding>> {
    const settings = { HOME: folder, XDG_CACHE_HOME: `${process.env['HOME'] ?? '/root'}/.cache`, PATH: `${folder}:${process.env['PATH'] ?? ''}`, DIND_IMAGE_SOURCE: 'build', DIND_CHECK_TARGETS: 'dual.test', ...env };
    const { exitCode, stdout, stderr } = await fixture.lab.host(['node', `${project}/bin/dind64.mjs`, 'doctor', '--json'], { cwd: '/', env: settings });
    expect(stdout, stderr).not.toBe('');
    const report = expectPublished('doctor', stdout) as DoctorReport;
    expect(exitCode).toBe(report.counts.failure > 0 ? 1 : 0);
    return Object.fromEntries(report.findings.map((finding) => [finding.id, finding]));
  }

  const expectFinding = (found: Record<string, DoctorFinding>, id: string, status: DoctorFinding['status'], seen: RegExp): void => {
    expect(found[id]).toMatchObject({ status, seen: expect.stringMatching(seen), remedy: expect.stringMatching(/./) });
  };

  it('nothing but what this engine and this kubectl have', async () => {
    const found = await diagnose();
    expectFinding(found, 'engine-ipv6', 'warning', /no IPv6 packet rules/);
    expectFinding(found, 'open-files', 'warning', /4096 files at most/);
    expectFinding(found, 'kubectl', 'warning', /v1\.30\.1, 7 minor versions/);
    expect(found['dns64-upstream']?.seen).toBe('none of the resolvers does DNS64 itself');
    // What the machine that the lab runs on has is not the test's.
    const machines = ['engine-ipv6', 'open-files', 'kubectl', 'inotify', 'security', 'memory', 'cpus', 'disk', 'cgroups'];
    expect(Object.values(found).filter(({ id, status }) => status !== 'ok' && !machines.includes(id))).toEqual([]);
    expect(found['ipv6-egress']?.seen).toContain('reached dual.test');
    expect(found['kernel']?.seen).toMatch(/veth, bridge, nftables-nat-ipv6, nftables-nat-ipv4, ip6tables-nft, tun/);
  });

  it('firewalls, backends, leftovers, names, addresses, ports, proxies, IPv6 of new bridges, little room', async () => {
    await onHost(`nft add table inet office
      nft 'add chain inet office forward { type filter hook forward priority 0; policy drop; }'
      iptables-legacy -N OLD; iptables-legacy -A OLD -j DROP
      ip6tables-nft -N DIND64-FWD-gone
      ip -6 address add fd00:20::77/64 dev eth0
      echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6`);
    await engine.createVolume('dind64-host-ipv4-forwarding', { [labels.role]: 'host-change', [labels.hostChange]: '{"kind":"ipv4-forwarding","value":false,"at":1}' });
    await engine.createContainer({ name: 'kubeadm-dind-worker-1', image: base, labels: {}, network: 'none' });
    const listening = new AbortController();
    const socket = fixture.lab.exec('host', ['socat', 'TCP6-LISTEN:24999,fork', 'PIPE'], { signal: listening.signal });
    await limitLabVolumes(fixture.lab.instance, '64m');
    try {
      const found = await diagnose({ DIND_API_PORT: '24999', HTTPS_PROXY: 'http://127.0.0.1:9', DIND_NUM_WORKERS: '100', DIND_K8S_VERSION: '1.31', DIND_NODE_IMAGE: 'nowhere.test/node:1' });
      expectFinding(found, 'firewall', 'failure', /table inet office, chain forward: policy drop ends what the cluster sends over IPv4/);
      expectFinding(found, 'iptables', 'warning', /iptables-legacy has 1 rule/);
      expectFinding(found, 'leftovers', 'warning', /DIND64-FWD-gone.*dind64-host-ipv4-forwarding/);
      expectFinding(found, 'names', 'failure', /container kubeadm-dind-worker-1/);
      expectFinding(found, 'cidrs', 'failure', /DIND_NODE_CIDR fd00:20::\/64 overlaps the address fd00:20::77 of eth0/);
      expectFinding(found, 'host-ipv6', 'failure', /default\.disable_ipv6 is 1/);
      expectFinding(found, 'api-port', 'failure', /24999 is taken/);
      expectFinding(found, 'proxy', 'warning', /loopback/);
      expectFinding(found, 'disk', 'failure', /0\.1 GB of 0\.1 GB free/);
      expectFinding(found, 'inotify', 'warning', /100 workers/);
      expectFinding(found, 'images', 'warning', /nowhere\.test\/node:1/);
    } finally {
      listening.abort();
      await socket;
      await engine.removeContainer('kubeadm-dind-worker-1');
      await engine.removeVolume('dind64-host-ipv4-forwarding');
      await onHost('nft delete table inet office; iptables-legacy -F; iptables-legacy -X OLD; ip6tables-nft -X DIND64-FWD-gone; ip -6 address del fd00:20::77/64 dev eth0; echo 0 > /proc/sys/net/ipv6/conf/default/disable_ipv6');
    }
  });

  it('the remedies for leftovers and bridges are the right ones: nothing is found any more', async () => {
    const found = await diagnose();
    for (const id of ['firewall', 'iptables', 'leftovers', 'names', 'cidrs', 'host-ipv6']) expect(found[id]?.status, id).toBe('ok');
  });

  it('silent resolvers', async () => {
    await fixture.lab.dns.silence.on();
    const found = await diagnose();
    await fixture.lab.dns.silence.off();
    expectFinding(found, 'dns', 'failure', /none answers/);
    expectFinding(found, 'ipv4-egress', 'failure', /found no IPv4 address of dual\.test/);
  });

  it('an upstream that does DNS64 itself', async () => {
    const config = 'server:\n username: ""\n chroot: ""\n pidfile: ""\n do-daemonize: no\n interface: 198.51.100.64\n access-control: 0.0.0.0/0 allow\n module-config: "dns64 iterator"\n dns64-prefix: 64:ff9b::/96\n local-zone: "ipv4only.arpa." nodefault\nforward-zone:\n name: "."\n forward-addr: 198.51.100.53\n';
    const ending = new AbortController();
    await fixture.lab.exec('internet', ['ip', 'address', 'add', '198.51.100.64/32', 'dev', 'lo']);
    const server = fixture.lab.exec('internet', ['bash', '-c', 'cat > /tmp/dns64.conf; exec unbound -d -c /tmp/dns64.conf'], { stdin: config, signal: ending.signal });
    try {
      await expect.poll(async () => (await diagnose({ DIND_DNS64_UPSTREAMS: '198.51.100.64', DIND_ALLOW_AAAA_USE: 'true' }))['dns64-upstream'], { timeout: 60_000 })
        .toMatchObject({ status: 'warning', seen: '198.51.100.64 does DNS64 itself (64:ff9b::c000:aa): IPv4-only sites will be reached by this network\'s NAT64 and not by the cluster\'s' });
    } finally {
      ending.abort();
      await server;
    }
  });

  it('a family that leads nowhere', async () => {
    await fixture.lab.faults.dropIpv4.on();
    const withoutIpv4 = await diagnose();
    await fixture.lab.faults.dropIpv4.off();
    await fixture.lab.faults.dropIpv6.on();
    const withoutIpv6 = await diagnose({ DIND_ALLOW_AAAA_USE: 'true' });
    await fixture.lab.faults.dropIpv6.off();
    expectFinding(withoutIpv4, 'ipv4-egress', 'failure', /reached none of dual\.test/);
    expectFinding(withoutIpv4, 'dns', 'warning', /not all answer/);
    expect(withoutIpv4['ipv6-egress']?.status).toBe('ok');
    expectFinding(withoutIpv6, 'ipv6-egress', 'failure', /reached none of/);
    expect(withoutIpv6['ipv4-egress']?.status).toBe('ok');
  });

  it('no tun device, no base image, an uplink that is too narrow for IPv6, no default route', async () => {
    const pid = (await readFile(`/run/dind64-lab-engines/${fixture.lab.instance}/pid`, 'utf8')).trim();
    await execa('nsenter', [`--target=${pid}`, '--mount', 'mount', '-t', 'tmpfs', 'none', '/dev/net']);
    await onHost('ip link set eth0 mtu 1200');
    const found = await diagnose({ DIND_ALLOW_AAAA_USE: 'true' });
    expectFinding(found, 'kernel', 'failure', /no \/dev\/net\/tun/);
    expectFinding(found, 'mtu', 'warning', /eth0 carries 1200 bytes/);
    expectFinding(found, 'ipv6-route', 'failure', /no IPv6 default route, and DIND_ALLOW_AAAA_USE=true/);
  });

  it('an engine without the base image: this machine is looked at in its place', async () => {
    const images = (await engine.listImages({ [labels.content]: undefined })).flatMap(({ tags }) => tags);
    for (const tag of images.filter((image) => image.startsWith('dind64/base:'))) await engine.removeImage(tag);
    const found = await diagnose();
    expectFinding(found, 'images', 'warning', /dind64\/base:/);
    expect(found['kernel']).toMatchObject({ status: 'unknown', seen: expect.stringContaining('base image') });
    expectFinding(found, 'mtu', 'warning', /eth0 carries 1200 bytes/);
  });

  it('no engine: says so, and looks at what it can', async () => {
    const found = await diagnose({ DOCKER_HOST: 'unix:///nonexistent/docker.sock' });
    expectFinding(found, 'engine', 'failure', /./);
    expectFinding(found, 'mtu', 'warning', /eth0 carries 1200 bytes/);
    expect(found['nodes']?.status).toBe('unknown');
  });
});
