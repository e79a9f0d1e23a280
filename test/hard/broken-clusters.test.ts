import { beforeAll, expect, it } from 'vitest';
import { packetRules, runOnHost } from '../../src/host/run-on-host.js';
import type { VerifyResult } from '../../src/results/verify.js';
import { limitLabVolumes } from '../lab/engine.js';
import { describeWithCluster, type ClusterFixture } from '../support/cluster.js';
import { expectPublished } from '../support/published-schema.js';

const env = { DIND_ALLOW_AAAA_USE: 'true', DIND_CHECK_TARGETS: 'dual.test,v4only.test' };

interface Break {
  name: string;
  on: (cluster: ClusterFixture) => Promise<unknown>;
  off: (cluster: ClusterFixture) => Promise<unknown>;
  says: RegExp;
  exitCode?: number;
}

const worker = 'kubeadm-dind-worker-1';
const prefix = 'fd00:10:64:ff9b::/96';
const onHost = async (cluster: ClusterFixture, argv: string[], stdin = ''): Promise<void> => {
  const { exitCode, stderr } = await cluster.lab.exec('host', argv, { stdin });
  expect(exitCode, stderr).toBe(0);
};
const nft = (cluster: ClusterFixture, text: string): Promise<void> => onHost(cluster, ['nft', '-f', '-'], text);
const ip6tables = async ({ engine, baseImage }: ClusterFixture, words: string): Promise<void> => {
  await runOnHost(engine, await baseImage(), {
    doing: 'changing rules',
    script: `ip6tables ${words}`,
    capabilities: packetRules,
  });
};
const onNode = async (cluster: ClusterFixture, script: string): Promise<void> => {
  const { exitCode, stderr } = await cluster.node(script, worker);
  expect(exitCode, stderr).toBe(0);
};

/** Broken in different ways, and the one line of `verify` that names each fault: the first finding. */
const breaks: Break[] = [
  {
    name: 'DNS64 is dead',
    on: ({ engine }) => engine.stopContainer('kubeadm-dind-dns64'),
    off: ({ engine }) => engine.startContainer('kubeadm-dind-dns64'),
    says: /^DNS64 is dead: container kubeadm-dind-dns64 is exited; no name outside can be resolved$/,
  },
  {
    name: 'NAT64 is dead',
    on: ({ engine }) => engine.stopContainer('kubeadm-dind-nat64'),
    off: ({ engine }) => engine.startContainer('kubeadm-dind-nat64'),
    says: /^NAT64 is dead: container kubeadm-dind-nat64 is exited; nothing reaches IPv4$/,
  },
  {
    name: 'the rules on the engine host are gone, and the guard that would put them back',
    on: async ({ engine, baseImage }) => {
      await engine.stopContainer('kubeadm-dind-host', 0);
      await runOnHost(engine, await baseImage(), {
        doing: 'deleting rules',
        script: 'nft delete table ip6 DIND64-HOST-kubeadm-dind',
        capabilities: packetRules,
      });
    },
    off: (cluster) => cluster.succeed(['up'], env),
    says: /^rules on the engine host are missing: guard kubeadm-dind-host$/,
  },
  {
    name: 'a node has a wrong route',
    on: (cluster) => onNode(cluster, `ip -6 route replace ${prefix} via fd00:20::1 dev eth0 proto 64`),
    off: (cluster) => onNode(cluster, '/dind64/apply-network'),
    says: /^kubeadm-dind-worker-1: its route for fd00:10:64:ff9b::c000:201 leads to fd00:20::1 and not to fd00:20::200 \(NAT64\)$/,
  },
  {
    name: 'a kubelet is down',
    on: (cluster) => onNode(cluster, 'systemctl stop kubelet'),
    off: (cluster) => onNode(cluster, 'systemctl start kubelet'),
    says: /^kubeadm-dind-worker-1: kubelet is inactive$/,
  },
  {
    name: 'an MTU trap: large packets vanish on the way out',
    on: (cluster) =>
      nft(
        cluster,
        'table inet trap {\n chain forward {\n type filter hook forward priority -20; policy accept;\n meta length > 1300 drop\n }\n}\n',
      ),
    off: (cluster) => nft(cluster, 'delete table inet trap'),
    says: /^large packets get lost on the way while small ones pass/,
  },
  {
    // Nobody can resolve anything then: a warning, since the cluster does what it can.
    name: 'the upstream resolvers are down',
    on: ({ lab }) => lab.dns.silence.on(),
    off: ({ lab }) => lab.dns.silence.off(),
    exitCode: 0,
    says: /^the engine host's own resolvers \(.*\) do not answer: no name outside can be resolved/,
  },
  {
    name: 'a firewall drops what is forwarded',
    on: (cluster) =>
      nft(
        cluster,
        'table inet strict {\n chain forward {\n type filter hook forward priority 10; policy drop;\n }\n}\n',
      ),
    off: (cluster) => nft(cluster, 'delete table inet strict'),
    says: /(does not forward or translate|does not get out by IPv4|does not answer).*firewalls of the engine host.*table inet strict, chain forward: policy drop/,
  },
  {
    name: "an administrator's rule in DOCKER-USER drops what the cluster sends",
    on: (cluster) => ip6tables(cluster, '-I DOCKER-USER -o eth0 -j DROP'),
    off: (cluster) => ip6tables(cluster, '-D DOCKER-USER -o eth0 -j DROP'),
    says: /does not forward or translate.*chain DOCKER-USER: .*drop/i,
  },
  {
    name: 'the IPv6 default route has expired',
    on: (cluster) => onHost(cluster, ['ip', '-6', 'route', 'del', 'default']),
    off: (cluster) => onHost(cluster, ['ip', '-6', 'route', 'add', 'default', 'via', '2001:db8:0:1::1']),
    says: /^the engine host has no IPv6 default route/,
  },
  {
    name: 'the disk is full',
    on: (cluster) => cluster.node('cat /dev/zero > /var/fill; true', worker),
    off: (cluster) => onNode(cluster, 'rm /var/fill'),
    says: /its disk is full \(\d\.\d % free\)/,
  },
];

describeWithCluster(
  'Clusters broken in eleven ways',
  { profile: 'dual', env, up: false },
  (cluster) => {
    const verify = async (): Promise<{ exitCode: number; result: VerifyResult }> => {
      const { exitCode, stdout, stderr } = await cluster.dind64(['verify', '--json'], env);
      expect(stdout, stderr).not.toBe('');
      return { exitCode, result: expectPublished('verify', stdout) as VerifyResult };
    };

    beforeAll(async () => {
      // So that one of them can be filled.
      await limitLabVolumes(cluster.lab.instance, '700m');
      await cluster.succeed(['up'], env);
    });

    const whole = async (): Promise<void> => {
      const { exitCode, result } = await verify();
      expect({
        exitCode,
        findings: result.findings,
        wrong: result.cells.filter(({ verdict }) => verdict === 'wrong'),
      }).toEqual({ exitCode: 0, findings: [], wrong: [] });
    };

    it('whole: nothing is wrong, and every path was really tried', async () => {
      const { result } = await verify();
      expect(result.findings).toEqual([]);
      const tried = result.cells.filter(({ verdict, source }) => verdict === 'ok' && source !== 'host');
      for (const path of ['cluster', 'nat64', 'direct'])
        expect(
          tried.some((cell) => cell.path === path),
          path,
        ).toBe(true);
      expect(result.durationMs).toBeLessThan(120_000);
      console.log(`verify: ${result.cells.length} cells in ${result.durationMs} ms`);
    });

    it.each(breaks)('$name', async ({ on, off, says, exitCode = 1 }) => {
      await on(cluster);
      let seen;
      try {
        seen = await verify();
      } finally {
        await off(cluster);
      }
      console.log(
        seen.result.findings
          .slice(0, 4)
          .map(({ hop, text, cells }) => `[${hop}] ${text} (${cells})`)
          .join('\n'),
        `${seen.result.durationMs} ms`,
      );
      expect({ exitCode: seen.exitCode, first: seen.result.findings[0]?.text }).toEqual({
        exitCode,
        first: expect.stringMatching(says) as unknown,
      });
    });

    it('mended: nothing is wrong', whole);
  },
  'hard',
);
