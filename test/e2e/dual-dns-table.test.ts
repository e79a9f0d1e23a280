import { beforeAll, describe, expect, it } from 'vitest';
import { parseIpv4Address } from '../../src/net/address.js';
import { parseIpv6Cidr } from '../../src/net/cidr.js';
import { embedIpv4 } from '../../src/net/embed.js';
import { sites } from '../lab/sites.js';
import { describeWithCluster, renderPod } from '../support/cluster.js';

const prefix = parseIpv6Cidr('fd00:10:64:ff9b::/96');
const nat64 = (name: string): string => embedIpv4(prefix, parseIpv4Address(sites[name]?.ipv4 ?? ''));
const native = (name: string): string => sites[name]?.ipv6 ?? '';
type Answer = [status: string, addresses: string[]];
const both = (answer: Answer): [off: Answer, on: Answer] => [answer, answer];

/** README, The two modes: AAAA of each name in mode `false` and in mode `true`. */
const table: Record<string, [off: Answer, on: Answer]> = {
  'v4only.test': both(['NOERROR', [nat64('v4only.test')]]),
  'dual.test': [
    ['NOERROR', [nat64('dual.test')]],
    ['NOERROR', [native('dual.test')]],
  ],
  'v6only.test': both(['NOERROR', [native('v6only.test')]]),
  'mapped.test': both(['NOERROR', [nat64('mapped.test')]]),
  'mixed.test': [
    ['NOERROR', [nat64('mixed.test')]],
    ['NOERROR', [native('mixed.test')]],
  ],
  'cname-v4only.test': both(['NOERROR', [nat64('v4only.test')]]),
  'cname-dual.test': [
    ['NOERROR', [nat64('dual.test')]],
    ['NOERROR', [native('dual.test')]],
  ],
  'nodata.test': both(['NOERROR', []]),
  'nxdomain.test': both(['NXDOMAIN', []]),
  'servfail.test': both(['SERVFAIL', []]),
  'aaaafail.test': both(['NOERROR', [nat64('aaaafail.test')]]),
  'ipv4only.arpa': both([
    'NOERROR',
    ['192.0.0.170', '192.0.0.171'].map((address) => embedIpv4(prefix, parseIpv4Address(address))),
  ]),
};

/** Scenario 8. Seen to fail without private-address in unbound's configuration (mapped, mixed). */
describeWithCluster(
  'The DNS table',
  { profile: 'dual', shared: true, env: { DIND_ALLOW_AAAA_USE: 'true' } },
  (cluster) => {
    beforeAll(async () => {
      // A pod on the node's network has the node's resolver and the node's view.
      await cluster.kubectl(
        ['apply', '-f', '-'],
        renderPod(
          'probe-node',
          cluster.nodes.first,
          await cluster.baseImage(),
          'hostNetwork: true, dnsPolicy: Default, ',
        ),
      );
      await cluster.kubectl(['wait', '--for=condition=Ready', 'pod/probe-node', '--timeout=60s']);
    });

    describe.each([
      ['off', 0],
      ['on', 1],
    ] as const)('with AAAA use %s', (use, column) => {
      beforeAll(async () => {
        await cluster.succeed(['aaaa', use]);
      });

      it.each([
        ['a pod', 'probe-1', 'UDP', '+notcp'],
        ['a pod', 'probe-1', 'TCP', '+tcp'],
        ['a node', 'probe-node', 'UDP', '+notcp'],
        ['a node', 'probe-node', 'TCP', '+tcp'],
      ])('every line, from %s (%s) over %s', async (_, pod, __, transport) => {
        const expected = Object.fromEntries(Object.entries(table).map(([name, answers]) => [name, answers[column]]));
        expect(await askAll(pod, Object.keys(table), 'AAAA', transport)).toEqual(expected);
      });

      it('the reverse of a synthesized address is the IPv4 name, and A queries pass unchanged', async () => {
        const { stdout } = await inPod('probe-1', `kdig +short -x ${nat64('v4only.test')}; kdig +short dual.test A`);
        expect(stdout.trim().split('\n')).toEqual(['v4only.test.', sites['dual.test']?.ipv4]);
      });

      it('cluster names stay the cluster’s', async () => {
        expect((await inPod('probe-1', 'kdig +short kubernetes.default.svc.cluster.local AAAA')).stdout.trim()).toBe(
          'fd00:30::1',
        );
      });
    });

    it('a dead upstream is SERVFAIL within a second, and answers again soon after its return', async () => {
      await cluster.lab.dns.stop();
      try {
        const start = performance.now();
        expect((await askAll('probe-1', ['other.test'], 'AAAA', '+notcp'))['other.test']?.[0]).toBe('SERVFAIL');
        expect(performance.now() - start).toBeLessThan(2500);
      } finally {
        await cluster.lab.dns.start();
      }
      const { stdout } = await inPod(
        'probe-1',
        'for i in $(seq 50); do kdig +noall +header other.test AAAA | grep -q NOERROR && echo "back" && break; sleep 0.1; done',
      );
      expect(stdout).toBe('back\n');
    });

    function inPod(pod: string, script: string) {
      return cluster.engine.exec(cluster.nodes.controlPlane, [
        'kubectl',
        '--kubeconfig=/etc/kubernetes/admin.conf',
        'exec',
        pod,
        '--',
        'bash',
        '-c',
        script,
      ]);
    }

    async function askAll(
      pod: string,
      names: string[],
      type: string,
      transport: string,
    ): Promise<Record<string, Answer>> {
      // One shell for all names, side by side; the aliases on the way are not addresses.
      const script = names
        .map((name) => `( kdig ${transport} +time=6 +retry=0 ${name} ${type} | sed "s/^/${name} /" ) &`)
        .join('\n');
      const { stdout } = await inPod(pod, `${script}\nwait`);
      return Object.fromEntries(
        names.map((name) => {
          const lines = stdout
            .split('\n')
            .filter((line) => line.startsWith(`${name} `))
            .map((line) => line.slice(name.length + 1));
          const status = /status: (\w+)/.exec(lines.join('\n'))?.[1] ?? 'no answer';
          const addresses = lines
            .map((line) => /^\S+\s+\d+\s+IN\s+AAAA\s+(\S+)$/.exec(line)?.[1])
            .filter((address) => address !== undefined)
            .sort();
          return [name, [status, addresses]];
        }),
      );
    }
  },
);
