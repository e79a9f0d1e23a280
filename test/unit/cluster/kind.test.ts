import { describe, expect, it } from 'vitest';
import { chooseKindNodes, chooseNodeNetwork, readKubeadmNetworking } from '../../../src/cluster/kind.js';
import type { ContainerState, NetworkState } from '../../../src/engine/types.js';
import { labels } from '../../../src/labels.js';

function node(name: string, networks: string[], changes: Partial<ContainerState> = {}): ContainerState {
  return {
    id: name,
    name,
    image: 'kindest/node:v1.37.2',
    imageId: '',
    labels: { [labels.role]: name.includes('control-plane') ? 'control-plane' : 'worker' },
    status: 'running',
    startedAt: '',
    exitCode: 0,
    pid: 1,
    networks: Object.fromEntries(
      networks.map((network, index) => [
        network,
        { ipv6: `fc00:f853:ccd:e793::${index + 2}`, ipv4: `172.18.0.${index + 2}`, macAddress: '' },
      ]),
    ),
    mounts: [],
    ...changes,
  };
}

function network(name: string, changes: Partial<NetworkState> = {}): NetworkState {
  return {
    id: name,
    name,
    driver: 'bridge',
    labels: {},
    ipv4Enabled: true,
    ipv6Enabled: true,
    subnets: ['172.18.0.0/16', 'fc00:f853:ccd:e793::/64'],
    ranges: [],
    bridge: 'br-1',
    options: {},
    containers: [],
    ...changes,
  };
}

/** What each refusal is: code, what was seen and what to do, and usage's exit code. */
const refusal = (code: string, observed: string, hint: string): Error =>
  expect.objectContaining({
    code,
    exitCode: 2,
    observed: expect.stringContaining(observed),
    hint: expect.stringContaining(hint),
  }) as Error;

describe('chooseNodeNetwork', () => {
  const nodes = [node('a-control-plane', ['kind']), node('a-worker', ['kind', 'other'])];

  it('takes the one that all nodes share, with their addresses there', () => {
    expect(chooseNodeNetwork(nodes, [network('other'), network('kind')], undefined)).toEqual({
      network: network('kind'),
      cidr: 'fc00:f853:ccd:e793::/64',
      nodes: [
        { name: 'a-control-plane', role: 'control-plane', address: 'fc00:f853:ccd:e793::2' },
        { name: 'a-worker', role: 'worker', address: 'fc00:f853:ccd:e793::2' },
      ],
    });
  });

  it('takes the one that is named where they share several', () => {
    const both = [node('a-control-plane', ['kind', 'other'])];
    const networks = [network('kind'), network('other')];
    expect(chooseNodeNetwork(both, networks, 'other').network.name).toBe('other');
    // Seen to fail with the first of them taken.
    expect(() => chooseNodeNetwork(both, networks, undefined)).toThrow(
      refusal('network-unclear', 'kind, other', '--network kind'),
    );
  });

  it('refuses a network that they do not all have', () => {
    expect(() => chooseNodeNetwork(nodes, [network('kind'), network('other')], 'other')).toThrow(
      refusal('network-unclear', 'its nodes share kind, and not other', '--network kind'),
    );
  });

  // Seen to fail without the look at the engine's switch.
  it.each([{ ipv6Enabled: false }, { subnets: ['172.18.0.0/16'] }])('refuses a network without IPv6: %o', (changes) => {
    expect(() => chooseNodeNetwork(nodes, [network('kind', changes)], undefined)).toThrow(
      refusal('network-no-ipv6', 'no IPv6 subnet', 'docker network rm kind'),
    );
  });
});

describe('readKubeadmNetworking', () => {
  const configuration = (pods: string, services: string): string =>
    `apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\nkubernetesVersion: v1.37.2\nnetworking:\n  podSubnet: ${pods}\n  serviceSubnet: ${services}\n`;

  it('reads an IPv6-only cluster', () => {
    expect(readKubeadmNetworking(configuration('fd00:10:244::/56', 'fd00:10:96::/112'))).toEqual({
      kubernetesVersion: 'v1.37.2',
      podCidr: 'fd00:10:244::/56',
      serviceCidr: 'fd00:10:96::/112',
      dualStack: false,
    });
  });

  it('tells a dual-stack one, in either order', () => {
    expect(
      readKubeadmNetworking(configuration('10.244.0.0/16,fd00:10:244::/56', '10.96.0.0/16,fd00:10:96::/112')),
    ).toMatchObject({ podCidr: 'fd00:10:244::/56', serviceCidr: 'fd00:10:96::/112', dualStack: true });
  });

  // Seen to fail with the first CIDR taken, whatever its family.
  it.each([
    ['10.244.0.0/16', '10.96.0.0/16'],
    ['fd00:10:244::/56', '10.96.0.0/16'],
  ])('refuses a cluster whose pods or services have no IPv6: %s, %s', (pods, services) => {
    expect(() => readKubeadmNetworking(configuration(pods, services))).toThrow(
      refusal('cluster-not-ipv6', pods, 'ipFamily: ipv6'),
    );
  });
});

describe('chooseKindNodes', () => {
  const endpoint = 'unix:///var/run/docker.sock';
  const kindNode = (cluster: string, role: string, status: ContainerState['status'] = 'running'): ContainerState => ({
    ...node(`${cluster}-${role}`, ['kind'], { status }),
    labels: { 'io.x-k8s.kind.cluster': cluster, 'io.x-k8s.kind.role': role },
  });

  // Seen to fail with the load balancer taken for a worker.
  it("gives the cluster's nodes with dind64's role label, and not kind's load balancer", () => {
    const all = [
      kindNode('a', 'control-plane'),
      kindNode('a', 'external-load-balancer'),
      kindNode('b', 'worker'),
      kindNode('a', 'worker'),
    ];
    expect(chooseKindNodes(all, 'a', endpoint).map(({ name, labels: its }) => [name, its[labels.role]])).toEqual([
      ['a-control-plane', 'control-plane'],
      ['a-worker', 'worker'],
    ]);
  });

  it('lists the clusters that there are', () => {
    const all = [kindNode('b', 'control-plane'), kindNode('a', 'control-plane'), kindNode('a', 'worker')];
    expect(() => chooseKindNodes(all, 'c', endpoint)).toThrow(refusal('no-cluster', 'there are: a, b', '--kind a'));
    expect(() => chooseKindNodes([], 'c', endpoint)).toThrow(
      refusal('no-cluster', 'the engine has no kind cluster', 'kind create cluster --name c'),
    );
  });

  it('names the nodes that do not run', () => {
    expect(() =>
      chooseKindNodes([kindNode('a', 'control-plane'), kindNode('a', 'worker', 'exited')], 'a', endpoint),
    ).toThrow(refusal('nodes-stopped', 'a-worker is exited', 'docker start a-worker'));
  });
});
