import { execa } from 'execa';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runInRoot } from '../../../src/engine/embedded/root.js';
import { ensureEngineRootfs } from '../../../src/engine/embedded/rootfs.js';
import { startEmbeddedEngine } from '../../../src/engine/embedded/start.js';
import { isEngineRunning, stopEmbeddedEngine } from '../../../src/engine/embedded/stop.js';
import { readLabEnvironment } from '../../lab/engine-environment.js';

const isRoot = process.getuid?.() === 0;

/** A network namespace stands for a machine with rules of its own. */
describe.skipIf(!isRoot)('the embedded engine leaves its machine as it was (needs root)', () => {
  const name = `emb-${process.pid}`;
  const networkNamespace = `/run/netns/${name}`;
  let folder: string;
  let rootfs: string;
  const root = () => ({ rootfs, runDir: join(folder, 'run'), networkNamespace });

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dind64-restore-'));
    rootfs = await ensureEngineRootfs(readLabEnvironment().cacheDir);
    await execa('ip', ['netns', 'add', name]);
    await execa('ip', ['-n', name, 'link', 'set', 'lo', 'up']);
    await execa('ip', ['-n', name, 'link', 'add', 'br-mine', 'type', 'bridge']);
  }, 300_000);

  afterAll(async () => {
    await stopEmbeddedEngine({ runDir: join(folder, 'run') }).catch(() => undefined);
    await execa('ip', ['netns', 'delete', name]);
    await rm(folder, { recursive: true, force: true });
  });

  test.each([
    { machine: 'without rules', prepare: 'true' },
    { machine: 'with rules of its own', prepare: ownRules },
    { machine: 'with forwarding on one interface', prepare: 'echo 1 > /proc/sys/net/ipv6/conf/br-mine/forwarding' },
  ])(
    'after a proper stop and after a kill: a machine $machine',
    async ({ prepare }) => {
      const engineOptions = { rootfs, stateDir: folder, networkNamespace, restoreHost: true };
      await rm(join(folder, 'data'), { recursive: true, force: true });
      // Any run writes the file that the root is entered with.
      const first = await startEmbeddedEngine(engineOptions);
      await first.stop();
      await execa('sh', ['-c', `: > ${folder}/run/resolv.conf`]);
      await runInRoot(root(), 'preparing', prepare);
      const before = await snapshot();

      const engine = await startEmbeddedEngine(engineOptions);
      await createNetworks(engine.endpoint);
      expect(await snapshot()).not.toEqual(before);
      await engine.stop();
      await execa('sh', ['-c', `: > ${folder}/run/resolv.conf`]);
      expect(await snapshot()).toEqual(before);

      const killed = await startEmbeddedEngine(engineOptions);
      process.kill(killed.pid, 'SIGKILL');
      await execa('flock', ['--wait', '10', join(folder, 'run', 'lock'), 'true']);
      expect(await isEngineRunning(join(folder, 'run'))).toBe(false);
      await stopEmbeddedEngine({ runDir: join(folder, 'run') });
      await execa('sh', ['-c', `: > ${folder}/run/resolv.conf`]);
      expect(await snapshot()).toEqual(before);
      expect(await readFile('/proc/self/mounts', 'utf8')).not.toContain(folder);
    },
    120_000,
  );

  test('rules that others make meanwhile stay', async () => {
    const engine = await startEmbeddedEngine({ rootfs, stateDir: folder, networkNamespace, restoreHost: true });
    await runInRoot(
      root(),
      'changing',
      'iptables -A FORWARD -s 192.0.2.9/32 -j ACCEPT; ip link add br-other type bridge',
    );
    await engine.stop();
    await execa('sh', ['-c', `: > ${folder}/run/resolv.conf`]);
    const { rules, links } = await snapshot();
    expect(rules).toContain('-A FORWARD -s 192.0.2.9/32 -j ACCEPT');
    expect(rules).not.toContain('DOCKER');
    expect(links).toContain('br-other');
  }, 60_000);

  async function snapshot(): Promise<{ rules: string; tables: string; links: string; sysctls: string }> {
    const script =
      'iptables-save; ip6tables-save; echo @@; nft list ruleset; echo @@; ip -o -br link; echo @@; grep -r . /proc/sys/net/ipv4 /proc/sys/net/ipv6 2>/dev/null | grep -v random | sort';
    const [rules = '', tables = '', links = '', sysctls = ''] = (await runInRoot(root(), 'looking', script)).split(
      '@@\n',
    );
    const withoutCounters = (text: string): string =>
      text.replaceAll(/^#.*\n/gm, '').replaceAll(/packets \d+ bytes \d+|\[\d+:\d+\]/g, 'N');
    return { rules: withoutCounters(rules), tables: withoutCounters(tables), links, sysctls };
  }
});

const ownRules = `
iptables -A FORWARD -s 192.0.2.1/32 -j DROP
iptables -t nat -A POSTROUTING -s 192.0.2.0/24 -j MASQUERADE
iptables -N MINE
iptables -A INPUT -j MINE
ip6tables -P FORWARD DROP
nft 'table inet own { chain c { type filter hook forward priority 5; policy accept; ip saddr 192.0.2.7 drop; }; }'
`;

async function createNetworks(endpoint: string): Promise<void> {
  const docker = (...argv: string[]) =>
    execa('curl', [
      '-sS',
      '--fail-with-body',
      '--unix-socket',
      endpoint.replace('unix://', ''),
      '-H',
      'content-type: application/json',
      ...argv,
    ]);
  for (const body of [
    { Name: 'four', Options: { 'com.docker.network.bridge.name': 'four0' } },
    { Name: 'six', EnableIPv4: false, EnableIPv6: true, IPAM: { Config: [{ Subnet: 'fd00:77::/64' }] } },
  ])
    await docker('-d', JSON.stringify(body), 'http://engine/networks/create');
}
