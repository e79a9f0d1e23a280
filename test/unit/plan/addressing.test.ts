import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findOverlaps } from '../../../src/net/allocate.js';
import { cidrLength, overlaps, parseIpv6Cidr } from '../../../src/net/cidr.js';
import type { Ipv6Cidr } from '../../../src/net/types.js';
import { chooseCidrs } from '../../../src/plan/addressing.js';

const clusterName = fc.stringMatching(/^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$/);
const given = { nodeCidr: undefined, podCidr: undefined, serviceCidr: undefined };
const defaultCluster = ['fd00:20::/64', 'fd00:40::/72', 'fd00:30::/110'].map(parseIpv6Cidr);
const choose = (name: string, taken: readonly Ipv6Cidr[] = []): Ipv6Cidr[] =>
  Object.values(chooseCidrs({ ...given, clusterName: name }, taken));

test('the default name has the CIDRs of the documents', () => {
  expect(choose('kubeadm-dind')).toEqual(defaultCluster);
});

test('every other name: CIDRs of the right lengths, apart from one another, from the default cluster’s and from whatever is taken', () => {
  const taken = fc.array(
    fc
      .tuple(fc.constantFrom('20', '30', '40'), fc.integer({ min: 0, max: 0xffff }), fc.constantFrom(40, 48, 64))
      .map(([pool, site, length]) =>
        parseIpv6Cidr(`fd00:${pool}:${(length === 40 ? site & 0xff00 : site).toString(16)}::/${length}`),
      ),
    { maxLength: 20 },
  );
  fc.assert(
    fc.property(
      clusterName.filter((name) => name !== 'kubeadm-dind'),
      taken,
      (name, others) => {
        const chosen = choose(name, others);
        expect(chosen.map(cidrLength)).toEqual([64, 72, 110]);
        expect(findOverlaps([...chosen, ...defaultCluster])).toEqual([]);
        expect(chosen.some((cidr) => others.some((other) => overlaps(cidr, other)))).toBe(false);
        expect(choose(name, others)).toEqual(chosen);
      },
    ),
  );
});

test('a second cluster stays away from the first one’s, whatever their names', () => {
  fc.assert(
    fc.property(clusterName, clusterName, (one, other) => {
      fc.pre(one !== other && one !== 'kubeadm-dind' && other !== 'kubeadm-dind');
      const first = choose(one);
      expect(findOverlaps([...first, ...choose(other, first)])).toEqual([]);
    }),
  );
});

test('what the user gave is taken as it is', () => {
  const nodeCidr = parseIpv6Cidr('fd99::/64');
  expect(chooseCidrs({ ...given, nodeCidr, clusterName: 'x' }, [nodeCidr]).nodeCidr).toBe(nodeCidr);
});
