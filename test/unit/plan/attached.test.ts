import { describe, expect, it } from 'vitest';
import { parseIpv6Address } from '../../../src/net/address.js';
import { contains, parseIpv6Cidr } from '../../../src/net/cidr.js';
import { chooseAttachedAddresses, kindClusterOf, nameAttached } from '../../../src/plan/attached.js';
import { clusterRecord, type Attached } from '../../../src/plan/record.js';
import { renderAttachedNodeFiles } from '../../../src/render/attached-node.js';
import { renderNat64Files } from '../../../src/render/nat64.js';
import { sampleInputs, samplePlan, sampleRecord } from '../../support/sample-plan.js';

const kindNetwork = parseIpv6Cidr('fc00:f853:ccd:e793::/64');
const attached: Attached = {
  of: 'kind',
  cluster: 'theirs',
  network: 'kind',
  ...chooseAttachedAddresses('theirs', kindNetwork),
  nodes: [
    { name: 'theirs-control-plane', role: 'control-plane', address: parseIpv6Address('fc00:f853:ccd:e793::2') },
    { name: 'theirs-worker', role: 'worker', address: parseIpv6Address('fc00:f853:ccd:e793::3') },
  ],
  dualStack: false,
};
const changes = {
  settings: { ...sampleInputs.settings, clusterName: 'kind-theirs' },
  addressing: { ...sampleInputs.addressing, nodeCidr: kindNetwork, podCidr: parseIpv6Cidr('fd00:10:244::/56') },
  networks: [{ name: 'kind', bridge: 'br-0123456789ab', subnets: ['172.18.0.0/16', kindNetwork] }],
  attached,
};

describe('the plan of what is attached to a kind cluster', () => {
  const plan = samplePlan(changes);

  it("is on kind's network, with nodes that are kind's", () => {
    expect(plan.nodeNetwork).toMatchObject({ name: 'kind', bridge: 'br-0123456789ab', cidr: kindNetwork });
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
    expect(chooseAttachedAddresses('one', kindNetwork)).not.toEqual(chooseAttachedAddresses('two', kindNetwork));
  });
});

it('names what is attached as kind names its context, and back', () => {
  expect(nameAttached('theirs')).toBe('kind-theirs');
  expect(kindClusterOf('kind-theirs')).toBe('theirs');
});

it('keeps what is attached in its record', () => {
  const record = { ...sampleRecord, ...changes, version: 2 as const };
  expect(clusterRecord.parse(JSON.parse(JSON.stringify(record))).attached).toEqual(attached);
});
