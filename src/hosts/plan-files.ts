import { nthAddress } from '../net/cidr.js';
import { renderCniConfig } from '../render/cni.js';
import { renderUnboundConfig } from '../render/dns64.js';
import { renderMachineTable, renderTranslatedTable } from '../render/machine-table.js';
import { renderInitConfig, renderJoinConfig, type KubeadmPlan } from '../render/kubeadm.js';
import type { HostPlan } from '../results/hosts-plan.js';
import type { ConfiguredHost, HostsConfig } from './config.js';
import { hostWith } from './host-with.js';
import { supportBridge } from './plan-routes.js';

const folder = '/etc/dind64';
const resolvConf = `${folder}/resolv.conf`;
/** As long as kubeadm's own limits are for a machine of usual speed. */
const timeoutMs = 300_000;

/** The files of a host, by path. Where a secret will stand, its place is named. */
export function planFiles(config: HostsConfig, host: ConfiguredHost): HostPlan['files'] {
  const { addressing, allowAaaaUse } = config;
  const isHelper = host.roles.includes('nat64');
  const tables = [
    ...(host.podCidr === undefined ? [] : [renderMachineTable({ ...addressing, address: host.address, allowAaaaUse })]),
    ...(isHelper ? [renderTranslatedTable({ bridge: supportBridge, cidr: addressing.supportV4Cidr })] : []),
  ];
  return [
    ...(tables.length === 0 ? [] : [{ path: `${folder}/hosts.nft`, content: tables.join('') }]),
    ...(isHelper ? [{ path: `${folder}/dns64/unbound.conf`, content: renderDns64(config) }] : []),
    ...(host.podCidr === undefined ? [] : nodeFiles(config, { ...host, podCidr: host.podCidr })),
  ];
}

function nodeFiles(
  config: HostsConfig,
  host: ConfiguredHost & { podCidr: NonNullable<ConfiguredHost['podCidr']> },
): HostPlan['files'] {
  const plugin =
    config.plugin === 'ptp'
      ? ({ type: 'ptp' } as const)
      : ({ type: 'bridge', bridge: 'dind64-pods', isDefaultGateway: true } as const);
  return [
    { path: resolvConf, content: `nameserver ${config.addressing.dns64Address}\n` },
    {
      path: '/etc/cni/net.d/10-dind64.conflist',
      content: renderCniConfig({ nodeNetwork: { mtu: config.podMtu } }, host, plugin),
    },
    { path: `${folder}/kubeadm.yaml`, content: renderKubeadm(config, host) },
  ];
}

function renderKubeadm(config: HostsConfig, host: ConfiguredHost): string {
  const { addressing } = config;
  const nodes = config.hosts
    .filter(({ podCidr }) => podCidr !== undefined)
    .map(({ name, roles, address }) => ({ name, role: nodeRole(roles), address }));
  const plan: KubeadmPlan = {
    clusterName: 'dind64-hosts',
    timeoutMs,
    podCidr: addressing.podCidr,
    serviceCidr: addressing.serviceCidr,
    clusterDns: nthAddress(addressing.serviceCidr, 10),
    kubernetesVersion: config.kubernetesVersion,
    api: { address: hostWith(config, 'control-plane').address },
    nodes,
    nodeTraits: { cgroupVersion: '2' },
    machines: { resolvConf, discoveryFile: `${folder}/discovery.conf` },
  };
  const node = { name: host.name, role: nodeRole(host.roles), address: host.address };
  return node.role === 'control-plane'
    ? renderInitConfig(plan, node)
    : renderJoinConfig(plan, node, { token: '(a token, made when the host joins)' });
}

function renderDns64({ addressing, allowAaaaUse }: HostsConfig): string {
  return renderUnboundConfig({
    // Whoever asks has an address of the node network: pods are masqueraded to their node's.
    nodeNetwork: { cidr: addressing.nodeCidr },
    nat64: { prefix: addressing.nat64Prefix },
    dns64: { address: addressing.dns64Address, upstreams: [addressing.dns64Upstream], nat64Zones: [] },
    mode: { aaaa: allowAaaaUse },
  });
}

function nodeRole(roles: ConfiguredHost['roles']): 'control-plane' | 'worker' {
  return roles.includes('control-plane') ? 'control-plane' : 'worker';
}
