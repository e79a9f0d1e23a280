import { describe, expect, it } from 'vitest';
import { contains, parseIpv6Cidr } from '../../../src/net/cidr.js';
import { chooseAttachedAddresses, kindClusterOf, nameAttached } from '../../../src/plan/attached.js';
import { clusterRecord } from '../../../src/plan/record.js';
import { renderAttachedNodeFiles } from '../../../src/render/attached-node.js';
import { renderNat64Files } from '../../../src/render/nat64.js';
import { sampleAttached, samplePlan, sampleRecord } from '../../support/sample-plan.js';

const { attached } = sampleAttached;

describe('the plan of what is attached to a kind cluster', () => {
  const plan = samplePlan(sampleAttached);

  it("is on kind's network, with nodes that are kind's", () => {
    expect(plan.nodeNetwork).toMatchObject({
      name: 'kind',
      bridge: 'br-0123456789ab',
      cidr: sampleAttached.addressing.nodeCidr,
    });
    expect(plan.nodes).toMatchObject(attached.nodes);
    expect(plan.nodes.map(({ container }) => container)).toEqual([undefined, undefined]);
    expect(plan.kubeconfig.context).toBe('kind-theirs');
  });

  it('has helpers on that network and a network of their own, by a label that says whose cluster it is', () => {
    for (const role of ['dns64', 'nat64'] as const) {
      const { network, labels } = plan.containers[role];
      expect(network).toMatchObject([{ network: 'kind-theirs-egress' }, { network: 'kind', ipv6: attached[role] }]);
      expect(labels).toMatchObject({ 'dev.dind64.attached': 'theirs' });
    }
    expect(renderNat64Files(plan)[0]?.content).toContain(`NODE_ADDRESS=${attached.nat64}`);
  });

  // Seen to fail with the guard of the host planned for it, which runs in the host's namespace with NET_ADMIN.
  it('has a record container without a network and without a capability', () => {
    const { network, capabilities, unconfinedPaths } = plan.containers.host;
    expect([network, capabilities, unconfinedPaths]).toEqual(['none', undefined, undefined]);
  });

  it('gives nodes the one route, and pods their node’s address on the way', () => {
    expect(plan.nodes[0]?.routes).toMatchObject([{ destination: plan.nat64.prefix, via: attached.nat64 }]);
    const [network, unit] = renderAttachedNodeFiles(plan).map(({ content }) => content.toString());
    expect(network).toContain(
      `prefix=${plan.nat64.prefix} nat64=${attached.nat64} dns64=${attached.dns64} pods=fd00:10:244::/56`,
    );
    expect(unit).toContain('ExecStart=/bin/bash /etc/dind64-attached/network up');
  });

  it('refuses the IPv4 subnet of the network of kind, as every engine network’s', () => {
    expect(plan.nat64.deny).toContain('172.18.0.0/16');
  });
});

describe('chooseAttachedAddresses', () => {
  it.each(['fc00:f853:ccd:e793::/64', 'fd00:1::/112', 'fd00:1::/120'])('is at the far end of %s', (text) => {
    const cidr = parseIpv6Cidr(text);
    for (const cluster of ['kind', 'theirs', 'a', 'e2e-1234567']) {
      const { dns64, nat64 } = chooseAttachedAddresses(cluster, cidr);
      expect(contains(cidr, dns64) && contains(cidr, nat64) && dns64 !== nat64).toBe(true);
      expect(chooseAttachedAddresses(cluster, cidr)).toEqual({ dns64, nat64 });
    }
  });

  it('differs between clusters on one network', () => {
    expect(chooseAttachedAddresses('one', sampleAttached.addressing.nodeCidr)).not.toEqual(
      chooseAttachedAddresses('two', sampleAttached.addressing.nodeCidr),
    );
  });
});

it('names what is attached as kind names its context, and back', () => {
  expect(nameAttached('theirs')).toBe('kind-theirs');
  expect(kindClusterOf('kind-theirs')).toBe('theirs');
});

// Seen to fail with the record of a cluster of dind64's own taken for both: what is attached has no image of an API forwarder.
it('has a record of its own type, and one with the empty fields of an earlier dind64 is read all the same', () => {
  const { base, dns64, nat64, node, kubernetesVersion } = sampleRecord.images;
  const record = {
    ...sampleRecord,
    ...sampleAttached,
    version: 2 as const,
    images: { base, dns64, nat64, node, kubernetesVersion },
  };
  const read = (value: object): unknown => clusterRecord.parse(JSON.parse(JSON.stringify(value)));
  const parsed = read(record);
  expect(parsed).toMatchObject({ attached, addressing: sampleAttached.addressing });
  for (const field of ['hostRules', 'hostChanges', 'proxy']) expect(parsed).not.toHaveProperty(field);
  const earlier = {
    ...record,
    addressing: { ...record.addressing, apiPort: 0 },
    images: { ...record.images, api: '', componentStore: '' },
  };
  expect(read(earlier)).toEqual(parsed);
  expect(() => read({ ...record, version: 1 })).toThrow();
});
