import { ipv6FromBigInt, toBigInt } from '../net/address.js';
import { nthAddress } from '../net/cidr.js';
import type { FileEntry } from '../engine/types.js';
import type { ClusterPlan } from '../plan/types.js';
import { renderNat64Rules } from './nat64-rules.js';

type Nat64Plan = Pick<ClusterPlan, 'nodeNetwork' | 'nat64' | 'host'>;

/** What the NAT64 container is made with, relative to /etc/dind64; a difference means a new container. */
export function renderNat64Files(plan: Nat64Plan): FileEntry[] {
  return [
    { path: 'helper.env', content: renderNat64Settings(plan) },
    { path: 'tayga.conf', content: renderTaygaConfig(plan) },
  ];
}

/** What is changed while it runs: the rules, whose refusals follow the engine's networks. */
export function renderNat64LiveFiles(plan: Nat64Plan): FileEntry[] {
  return [{ path: 'nat64.nft', content: renderNat64Rules(plan) }];
}

/** Shell variables for the container's own scripts. */
export function renderNat64Settings({ nodeNetwork, nat64 }: Nat64Plan): string {
  const translator = translatorAddresses(nat64);
  return [
    `ENGINE=${nat64.engine}`,
    `NODE_ADDRESS=${nat64.address}`,
    `PREFIX=${nat64.prefix}`,
    `POOL=${nat64.pool}`,
    `TRANSLATOR_IPV6=${translator.ipv6}`,
    `MTU=${nodeNetwork.mtu}`,
    '',
  ].join('\n');
}

/** tayga.conf(5). No data-dir: addresses out of the pool mean nothing beyond the container's life. */
export function renderTaygaConfig({ nat64 }: Nat64Plan): string {
  const translator = translatorAddresses(nat64);
  return ['tun-device nat64', `ipv4-addr ${translator.ipv4}`, `ipv6-addr ${translator.ipv6}`, `prefix ${nat64.prefix}`, `dynamic-pool ${nat64.pool}`, ''].join('\n');
}

/**
 * The translator's own addresses, which its ICMP errors come from: the pool's first one, and the neighbour of the container's on the
 * node network. That one is given, since tayga's default, the first one embedded in the prefix, is not allowed with 64:ff9b::/96.
 */
function translatorAddresses({ pool, address }: Nat64Plan['nat64']) {
  return { ipv4: nthAddress(pool, 1), ipv6: ipv6FromBigInt(toBigInt(address) + 1n) };
}
