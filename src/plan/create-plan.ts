import { indexes } from './addressing.js';
import { defaultCheckTargets } from './check-targets.js';
import { planApiContainer } from './containers/api.js';
import { planDns64Container } from './containers/dns64.js';
import { planHostContainer } from './containers/host.js';
import { planNat64Container } from './containers/nat64.js';
import { planNodeContainer } from './containers/node.js';
import { macAddressFor } from './identity.js';
import { nameCluster, type ClusterNames } from './names.js';
import { planNat64Deny } from './nat64-deny.js';
import { planNetworks } from './networks.js';
import { planNodes } from './nodes.js';
import { describeAttached } from './attached.js';
import type { PlanInputs } from './record.js';
import { planRoutes } from './routes.js';
import { parseIpv4Cidr, parseIpv6Cidr, nthAddress } from '../net/cidr.js';
import type { Ipv6Address } from '../net/types.js';
import type { ClusterPlan, HelperPlan, HostPlan, PlanCore } from './types.js';

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

/** The whole plan as plain data, out of a cluster's record; pure: the same inputs give the same plan. */
export function createPlan(inputs: PlanInputs): ClusterPlan {
  const core = planCore(inputs);
  return {
    ...core,
    nodes: core.nodes.map((node) => ({
      ...node,
      container: core.attached === undefined ? planNodeContainer(core, node) : undefined,
      routes: planRoutes(core, node),
    })),
    networks: planNetworks(core),
    containers: {
      host: planHostContainer(core),
      dns64: planDns64Container(core),
      nat64: planNat64Container(core),
      api: planApiContainer(core),
    },
  };
}

function planCore(inputs: PlanInputs): PlanCore {
  const { settings, addressing, images, engine, attached } = inputs;
  const names = nameCluster(settings.clusterName);
  const { nodeCidr, podCidr, serviceCidr, nat64Prefix, apiPort } = addressing;
  const foreign = attached === undefined ? undefined : describeAttached(inputs, attached);
  const helper = (name: string, address: Ipv6Address, image: string): HelperPlan => ({
    name,
    address,
    macAddress: macAddressFor(name),
    egressMacAddress: macAddressFor(`${name} egress`),
    configVolume: name,
    image,
  });
  return {
    clusterName: settings.clusterName,
    attached,
    mode: inputs.mode,
    k8sVersion: settings.k8sVersion,
    timeoutMs: settings.timeoutMs,
    nodeNetwork: {
      name: names.nodeNetwork,
      bridge: names.nodeBridge,
      ...foreign?.nodeNetwork,
      cidr: nodeCidr,
      gateway: nthAddress(nodeCidr, indexes.gateway),
      mtu: inputs.mtu,
    },
    egressNetwork: { name: names.egressNetwork, bridge: names.egressBridge, mtu: inputs.mtu },
    podCidr,
    serviceCidr,
    clusterDns: nthAddress(serviceCidr, 10),
    nat64: {
      ...helper(names.nat64, attached?.nat64 ?? nthAddress(nodeCidr, indexes.nat64), images.nat64),
      prefix: nat64Prefix,
      engine: settings.nat64Engine,
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
      ...helper(names.dns64, attached?.dns64 ?? nthAddress(nodeCidr, indexes.dns64), images.dns64),
      upstreams: settings.dns64Upstreams,
      nat64Zones: settings.dns64Nat64Zones,
    },
    api: {
      ...helper(names.api, nthAddress(nodeCidr, indexes.api), images.api),
      port: apiPort,
      publishIpv6: inputs.facts.ipv6Loopback,
    },
    nodes: foreign?.nodes ?? planNodes(settings.clusterName, nodeCidr, podCidr, settings.numWorkers),
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
    kubeconfig: foreign?.kubeconfig ?? { context: names.context, server: `https://127.0.0.1:${apiPort}` },
    proxy: inputs.proxy,
  };
}

function planHost(inputs: PlanInputs, names: ClusterNames): HostPlan {
  return {
    bridge: names.nodeBridge,
    egressBridge: names.egressBridge,
    nodeCidr: inputs.addressing.nodeCidr,
    table: names.hostTable,
    gateway: nthAddress(inputs.addressing.nodeCidr, indexes.defaultGateway),
    snatAddress: inputs.settings.snatAddress,
    refusedDestinations: metadataDestinations,
    changes: inputs.hostChanges,
    changeVolumes: inputs.hostChangeVolumes,
    container: names.host,
    configVolume: names.host,
  };
}

/** IPv4 subnets of the engine's networks: never translated to, the cluster's own egress network included. */
function otherSubnets(inputs: PlanInputs, names: ClusterNames): string[] {
  return inputs.networks
    .filter((network) => network.name !== names.nodeNetwork)
    .flatMap((network) => network.subnets.filter((subnet) => !subnet.includes(':')));
}
