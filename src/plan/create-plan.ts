import { indexes, type Addressing } from './addressing.js';
import { macAddressFor } from './identity.js';
import { nameCluster, type ClusterNames } from './names.js';
import { planNat64Deny } from './nat64-deny.js';
import { defaultCheckTargets } from './check-targets.js';
import { planNodes } from './nodes.js';
import { parseIpv4Cidr, parseIpv6Cidr, nthAddress } from '../net/cidr.js';
import type { Nat64Engine, Settings } from '../settings/types.js';
import type { ClusterPlan, HelperPlan, HostFacts, HostPlan, SharedChange } from './types.js';

/** What a plan is made from, besides settings: all of it facts that were read before. */
export interface PlanInputs {
  settings: Settings;
  addressing: Addressing;
  mode: ClusterPlan['mode'];
  facts: Pick<HostFacts, 'ipv6Loopback' | 'bpf'>;
  /** Smallest MTU of the host's uplinks, 1280 to 1500 (host/uplinks.ts). */
  mtu: number;
  /** host/changes.ts. */
  hostChanges: readonly SharedChange[];
  engine: {
    cgroupVersion: '1' | '2';
    storageDriver: string;
    backingFilesystem: string | undefined;
    userNamespaceRemap: boolean;
  };
  /** What a cluster that is there was last given. */
  nat64Engine?: Nat64Engine | undefined;
  /** All of the engine's networks, this cluster's own included. */
  networks: { name: string; bridge: string | undefined; subnets: string[] }[];
  images: {
    base: string;
    dns64: string;
    nat64: string;
    api: string;
    node: string;
    kubernetesVersion: string;
    componentStore: string;
  };
  proxy: Record<string, string>;
}

/** IPv6 addresses of services that give a machine's credentials away: never forwarded to. AWS (instance, EKS pod identity), GCP, Oracle, Scaleway, Akamai, Alibaba. */
const metadataDestinations = [
  'fd00:ec2::254/128',
  'fd00:ec2::23/128',
  'fd20:ce::254/128',
  'fd00:c1::a9fe:a9fe/128',
  'fd00:42::42/128',
  'fd00:a9fe:a9fe::1/128',
  'fd00:100::100:200/128',
].map(parseIpv6Cidr);
const nat64Pool = parseIpv4Cidr('198.18.0.0/15');

/** The whole plan as plain data; pure: the same inputs give the same plan. */
export function createPlan(inputs: PlanInputs): ClusterPlan {
  const { settings, addressing, images, engine } = inputs;
  const names = nameCluster(settings.clusterName);
  const { nodeCidr, podCidr, serviceCidr, nat64Prefix, apiPort } = addressing;
  const helper = (name: string, index: number, image: string): HelperPlan => ({
    name,
    address: nthAddress(nodeCidr, index),
    macAddress: macAddressFor(name),
    egressMacAddress: macAddressFor(`${name} egress`),
    configVolume: name,
    image,
  });
  return {
    clusterName: settings.clusterName,
    mode: inputs.mode,
    k8sVersion: settings.k8sVersion,
    timeoutMs: settings.timeoutMs,
    nodeNetwork: {
      name: names.nodeNetwork,
      bridge: names.nodeBridge,
      cidr: nodeCidr,
      gateway: nthAddress(nodeCidr, indexes.gateway),
      mtu: inputs.mtu,
    },
    egressNetwork: { name: names.egressNetwork, bridge: names.egressBridge, mtu: inputs.mtu },
    podCidr,
    serviceCidr,
    clusterDns: nthAddress(serviceCidr, 10),
    nat64: {
      ...helper(names.nat64, indexes.nat64, images.nat64),
      prefix: nat64Prefix,
      engine: settings.nat64Engine ?? inputs.nat64Engine ?? 'tayga',
      bpfVolume: inputs.facts.bpf ? `${names.nat64}-bpf` : undefined,
      pool: nat64Pool,
      deny: planNat64Deny({
        prefix: nat64Prefix,
        pool: nat64Pool,
        userDeny: settings.nat64Deny,
        engineSubnets: otherSubnets(inputs, names),
      }),
    },
    dns64: {
      ...helper(names.dns64, indexes.dns64, images.dns64),
      upstreams: settings.dns64Upstreams,
      nat64Zones: settings.dns64Nat64Zones,
    },
    api: { ...helper(names.api, indexes.api, images.api), port: apiPort, publishIpv6: inputs.facts.ipv6Loopback },
    nodes: planNodes(settings.clusterName, nodeCidr, podCidr, settings.numWorkers),
    nodeImage: images.node,
    kubernetesVersion: images.kubernetesVersion,
    componentStore: images.componentStore,
    baseImage: images.base,
    cni: settings.cni,
    nodeTraits: {
      cgroupVersion: engine.cgroupVersion,
      devMapper:
        ['btrfs', 'zfs'].includes(engine.storageDriver) || ['btrfs', 'zfs'].includes(engine.backingFilesystem ?? ''),
      userNamespaceHost: engine.userNamespaceRemap,
    },
    host: planHost(inputs, names),
    checkTargets: settings.checkTargets ?? defaultCheckTargets,
    kubeconfig: { context: names.context, server: `https://127.0.0.1:${apiPort}` },
    proxy: extendNoProxy(inputs.proxy, [
      nodeCidr,
      podCidr,
      serviceCidr,
      '.svc',
      '.cluster.local',
      'localhost',
      '127.0.0.1',
      '::1',
    ]),
  };
}

function planHost(inputs: PlanInputs, names: ClusterNames): HostPlan {
  const bridges = inputs.networks
    .filter((network) => network.name !== names.nodeNetwork)
    .map((network) => network.bridge);
  return {
    bridge: names.nodeBridge,
    nodeCidr: inputs.addressing.nodeCidr,
    chains: names.chains,
    snatAddress: inputs.settings.snatAddress,
    refusedDestinations: metadataDestinations,
    otherBridges: bridges.filter((bridge): bridge is string => bridge !== undefined).sort(),
    changes: inputs.hostChanges,
  };
}

/** With a proxy, the cluster's own traffic must not go to it. Go's net/http takes CIDRs in NO_PROXY. */
function extendNoProxy(proxy: Record<string, string>, own: string[]): Record<string, string> {
  if (Object.keys(proxy).length === 0) return {};
  const given = proxy['NO_PROXY'] ?? proxy['no_proxy'];
  const value = [...(given === undefined ? [] : [given]), ...own].join(',');
  return { ...proxy, NO_PROXY: value, no_proxy: value };
}

/** IPv4 subnets of the engine's networks: never translated to, the cluster's own egress network included. */
function otherSubnets(inputs: PlanInputs, names: ClusterNames): string[] {
  return inputs.networks
    .filter((network) => network.name !== names.nodeNetwork)
    .flatMap((network) => network.subnets.filter((subnet) => !subnet.includes(':')));
}
