import { nameCluster } from '../plan/names.js';
import type { HostFacts } from '../plan/types.js';
import { findSureDrop, type ForwardedPacket, type SureDrop } from './evaluate-forward.js';
import { findForeignForwardDrops, type ForwardDrop } from './firewalls.js';

export interface FirewallJudgement {
  /** What drops the cluster's packets whatever dind64 does: the first for each way out. */
  sure: { drop: SureDrop; end: string; remedy: string }[];
  /** What may drop them; only the connectivity check can tell. */
  possible: ForwardDrop[];
}

type Facts = Pick<HostFacts, 'routes' | 'foreignChains' | 'forwardDrops' | 'reversePathDrops'>;

/** The firewalls of others on the engine host. A firewalld that the engine keeps informed takes its bridges into a zone of their own, and is no concern. */
export function judgeFirewalls(
  facts: Facts,
  engine: { informsFirewalld: boolean },
  clusterName: string,
  mode: { aaaa: boolean },
): FirewallJudgement {
  const concerns = ({ table }: { table: string }): boolean => !(engine.informsFirewalld && / firewalld$/.test(table));
  const chains = (facts.foreignChains ?? []).filter(concerns);
  const sure = listForwardedPackets(facts, clusterName, mode).flatMap((packet) => {
    const drop = findSureDrop(chains, packet);
    return drop === undefined ? [] : [{ drop, end: describeEnd(packet), remedy: renderRemedy(drop.table, drop.chain) }];
  });
  // Whoever takes the engine's bridges into a zone asks for the way back all the same.
  const unrouted = (facts.reversePathDrops ?? []).map((drop) => ({
    drop,
    end: `ends what NAT64 and pods of other nodes send, over bridge ${nameCluster(clusterName).nodeBridge} (net.bridge.bridge-nf-call-ip6tables is 1)`,
    remedy: / firewalld$/.test(drop.table) ? looseRemedy : 'sysctl -w net.bridge.bridge-nf-call-ip6tables=0',
  }));
  return { sure: [...sure, ...unrouted], possible: findForeignForwardDrops(facts).filter(concerns) };
}

const looseRemedy =
  "sed -i 's/^IPv6_rpfilter=.*/IPv6_rpfilter=loose/' /etc/firewalld/firewalld.conf && firewall-cmd --reload";

/** `ends what the cluster sends over IPv6 (from bridge br-x to eth0)`, behind a description of the drop. */
function describeEnd({ family, from, to, state }: ForwardedPacket): string {
  return state === 'new'
    ? `ends what the cluster sends over IPv${family} (from bridge ${from} to ${to})`
    : `ends the replies to what the cluster sends over IPv${family} (from ${from} to bridge ${to})`;
}

/** NAT64 leaves over IPv4, by the helpers' bridge; with AAAA use the nodes leave over IPv6. Each is to come back, too. */
function listForwardedPackets(facts: Facts, clusterName: string, { aaaa }: { aaaa: boolean }): ForwardedPacket[] {
  const names = nameCluster(clusterName);
  const uplink = (family: 4 | 6): string | undefined =>
    facts.routes
      .filter((route) => route.family === family && route.destination === 'default')
      .sort((one, other) => one.metric - other.metric)[0]?.device;
  const packet = (family: 4 | 6, from: string): ForwardedPacket[] => {
    const to = uplink(family);
    return to === undefined
      ? []
      : [
          { family, from, to, state: 'new' },
          { family, from: to, to: from, state: 'established' },
        ];
  };
  return [...packet(4, names.egressBridge), ...(aaaa ? packet(6, names.nodeBridge) : [])];
}

function renderRemedy(table: string, chain: string): string {
  if (/ firewalld$/.test(table))
    return 'firewall-cmd --permanent --zone=trusted --add-interface=br-NAME && firewall-cmd --reload, or restart Docker while firewalld runs, so that it takes its bridges into a zone';
  if (/ahead of/.test(table)) {
    const tool = table.startsWith('ip6') ? 'ip6tables' : 'iptables';
    return `${tool} -I ${chain} -i br-+ -j ${chain === 'DOCKER-USER' ? 'RETURN' : 'ACCEPT'} && ${tool} -I ${chain} -o br-+ -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT`;
  }
  if (/legacy/.test(table)) return `${table.startsWith('ip6') ? 'ip6tables' : 'iptables'}-legacy -P FORWARD ACCEPT`;
  return `nft insert rule ${table} ${chain} 'iifname "br-*" accept' && nft insert rule ${table} ${chain} 'oifname "br-*" ct state established,related accept'`;
}
