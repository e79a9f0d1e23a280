import type { HostFacts } from '../plan/types.js';

export interface ForwardDrop {
  /** `inet firewalld`. */
  table: string;
  /** Whose table that is, when it is a well-known one. */
  owner: string | undefined;
  chain: string;
  /** As `nft list` prints it, or `policy drop`. */
  rule: string;
  text: string;
}

const owners: readonly { table: RegExp; owner: string }[] = [
  { table: /^inet firewalld$|^ip6? firewalld$/, owner: 'firewalld' },
  { table: /^inet filter$/, owner: 'the nftables service (/etc/nftables.conf)' },
  { table: /^ip6? filter(?! \(ahead)/, owner: "iptables rules outside the engine's backend" },
  { table: /ufw/, owner: 'ufw' },
  { table: /libvirt/, owner: 'libvirt' },
];

/**
 * Rules and policies of others that can drop forwarded packets in tables of their own, where no rule of ours can let them pass:
 * an accept ends a packet's way through one table only. Whether they do drop the cluster's packets only the connectivity check can tell.
 */
export function findForeignForwardDrops(facts: Pick<HostFacts, 'forwardDrops'>): ForwardDrop[] {
  return (facts.forwardDrops ?? []).map(({ table, chain, rule }) => {
    const owner = ownerOf(table);
    return { table, owner, chain, rule, text: describeDrop({ table, chain, rule }) };
  });
}

/** `table inet firewalld of firewalld, chain filter_FORWARD: policy drop`. */
export function describeDrop({ table, chain, rule }: { table: string; chain: string; rule: string }): string {
  const owner = ownerOf(table);
  return `table ${table}${owner === undefined ? '' : ` of ${owner}`}, chain ${chain}: ${rule}`;
}

function ownerOf(table: string): string | undefined {
  return owners.find((entry) => entry.table.test(table))?.owner;
}
