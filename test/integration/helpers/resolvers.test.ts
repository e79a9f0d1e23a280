import { expect, it } from 'vitest';
import { parseIpv4Address } from '../../../src/net/address.js';
import { embedIpv4 } from '../../../src/net/embed.js';
import { switchDns64Mode } from '../../../src/cluster/helpers/dns64.js';
import { sites } from '../../lab/sites.js';
import type { LabOptions } from '../../lab/types.js';
import { describeWithLab } from '../../support/lab.js';
import { ask, dataOf } from './ask.js';
import { engineChoice, useHelpers } from './cluster.js';

const hosts: { title: string; options: LabOptions }[] = [
  { title: 'a host whose resolvers are all IPv6', options: { profile: 'dual', resolvers: 'ipv6' } },
  { title: 'a host without IPv6', options: { profile: 'v4only' } },
  { title: 'a host without IPv4', options: { profile: 'v6only' } },
];

for (const { title, options } of hosts) {
  describeWithLab('integration', `Helpers on ${title}`, { ...options, engine: engineChoice }, (fixture) => {
    const made = useHelpers(fixture, ['dns64', 'nat64']);
    const synthesized = (name: string): string =>
      embedIpv4(made.cluster.plan.nat64.prefix, parseIpv4Address(sites[name]?.ipv4 ?? ''));

    it('asks its resolvers in both modes', async () => {
      const { engine, plan } = made.cluster;
      for (const [aaaa, address] of [
        [true, sites['dual.test']?.ipv6],
        [false, synthesized('dual.test')],
      ] as const) {
        await switchDns64Mode(engine, plan, { requested: aaaa ? 'true' : 'false', aaaa, reason: 'test' });
        const [dual] = await ask(made.cluster, ['dual.test AAAA']);
        expect([aaaa, dual?.status, dataOf(dual, 'AAAA')]).toEqual([aaaa, 'NOERROR', [address]]);
      }
    });

    it(
      options.profile === 'v6only' ? 'says at once that there is no way to IPv4 sites' : 'reaches an IPv4 site by name',
      async () => {
        const { plan, inNode } = made.cluster;
        const script = `echo nameserver ${plan.dns64.address} >/etc/resolv.conf; curl -sS -m 10 -w ' %{exitcode} %{time_total}' http://v4only.test/source`;
        const { stdout } = await inNode(['bash', '-c', script]);
        const [answer = '', exitCode, seconds] = stdout.split(/\s+/);
        if (options.profile === 'v6only') {
          expect([answer, exitCode]).toEqual(['', '7']);
          expect(Number(seconds)).toBeLessThan(5);
        } else {
          expect(answer).toBe(fixture.lab.hostAddresses.ipv4);
        }
      },
    );
  });
}
