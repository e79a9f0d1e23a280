import { ipv6FromBigInt, toBigInt } from '../net/address.js';
import { networkAddress, nthAddress } from '../net/cidr.js';
import type { FileEntry } from '../engine/types.js';
import type { Ipv6Address } from '../net/types.js';
import { indexes } from '../plan/addressing.js';
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

/** What is changed while it runs: the rules, whose refusals follow the engine's networks, for the eBPF program as well, and which translator is wanted. */
export function renderNat64LiveFiles(plan: Nat64Plan): FileEntry[] {
  return [
    { path: 'nat64.nft', content: renderNat64Rules(plan) },
    { path: 'engine', content: `${plan.nat64.engine}\n` },
    { path: 'refused', content: plan.nat64.deny.map((cidr) => `${cidr}\n`).join('') },
  ];
}

/** Shell variables for the container's own scripts. */
export function renderNat64Settings({ nodeNetwork, nat64 }: Nat64Plan): string {
  const translator = translatorAddresses(nat64);
  return [
    `NODE_ADDRESS=${nat64.address}`,
    `PREFIX=${nat64.prefix}`,
    `POOL=${nat64.pool}`,
    `TRANSLATOR_IPV6=${translator.ipv6}`,
    `MTU=${nodeNetwork.mtu}`,
    `EBPF_CONFIG=${renderEbpfConfig({ nodeNetwork, nat64 })}`,
    '',
  ].join('\n');
}

/**
 * tayga.conf(5). No data-dir: addresses out of the pool mean nothing beyond the container's life. Nodes have fixed ones, the same as with
 * the other translator (images/nat64/bpf), so that connections go on when it is changed; the rest of the pool is shared out as there.
 */
export function renderTaygaConfig({ nodeNetwork, nat64 }: Pick<ClusterPlan, 'nodeNetwork' | 'nat64'>): string {
  const translator = translatorAddresses(nat64);
  const fixed = Array.from({ length: indexes.lastNode }, (_, index) => index + 1);
  return [
    'tun-device nat64',
    `ipv4-addr ${translator.ipv4}`,
    `ipv6-addr ${translator.ipv6}`,
    `prefix ${nat64.prefix}`,
    `dynamic-pool ${networkAddress(nat64.pool)}/18`,
    ...fixed.map((index) => `map ${nthAddress(nat64.pool, 0x1_0000 + index)} ${nthAddress(nodeNetwork.cidr, index)}`),
    '',
  ].join('\n');
}

/** `struct config` of images/nat64/bpf after its first 16 bytes, in hexadecimal digits; numbers are little-endian. */
function renderEbpfConfig({ nodeNetwork, nat64 }: Pick<ClusterPlan, 'nodeNetwork' | 'nat64'>): string {
  const ipv6 = (address: Ipv6Address): string => toBigInt(address).toString(16).padStart(32, '0');
  const number = (value: bigint): string =>
    value
      .toString(16)
      .padStart(8, '0')
      .replace(/(..)(..)(..)(..)/, '$4$3$2$1');
  return [
    ipv6(networkAddress(nat64.prefix)).slice(0, 24),
    number(toBigInt(networkAddress(nat64.pool))),
    ipv6(networkAddress(nodeNetwork.cidr)),
    ipv6(translatorAddresses(nat64).ipv6),
    number(BigInt(nodeNetwork.mtu)),
  ].join('');
}

/**
 * The translator's own addresses, which its ICMP errors come from: the pool's first one, and the neighbour of the container's on the
 * node network. That one is given, since tayga's default, the first one embedded in the prefix, is not allowed with 64:ff9b::/96.
 */
function translatorAddresses({ pool, address }: Nat64Plan['nat64']) {
  return { ipv4: nthAddress(pool, 1), ipv6: ipv6FromBigInt(toBigInt(address) + 1n) };
}
