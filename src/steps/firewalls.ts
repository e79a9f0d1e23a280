import { DindError } from '../errors.js';
import { findSureDrop, type ForwardedPacket } from '../host/evaluate-forward.js';
import { describeDrop, findForeignForwardDrops } from '../host/firewalls.js';
import { nameCluster } from '../plan/names.js';
import type { ClusterPlan, HostFacts } from '../plan/types.js';
import type { Context } from './context.js';
import type { Survey } from './survey.js';

/**
 * Firewalls of others: what drops the cluster's packets whatever dind64 does is an error now, before anything is made; what may drop them is
 * a warning, and the connectivity check will tell. A firewalld that the engine keeps informed takes its bridges into a zone of their own.
 */
export function refuseFirewalls(context: Context, { engine, facts, info }: Pick<Survey, 'engine' | 'facts' | 'info'>, mode: Pick<ClusterPlan['mode'], 'aaaa'>): void {
  const isInformed = (table: string): boolean => info.informsFirewalld && / firewalld$/.test(table);
  const chains = (facts.foreignChains ?? []).filter(({ table }) => !isInformed(table));
  for (const packet of forwardedPackets(facts, context.environment.settings.clusterName, mode)) {
    const drop = findSureDrop(chains, packet);
    if (drop === undefined) continue;
    throw new DindError({
      code: 'firewall-drops', source: 'environment', doing: 'looking at the firewalls', where: `the engine host of ${engine.endpoint}`,
      observed: `${describeDrop(drop)}\nends what the cluster sends over IPv${packet.family} (from bridge ${packet.from} to ${packet.to}), and no rule elsewhere can let it pass`,
      hint: `let it through there, for the bridges br-*, for example:\n  ${renderRemedy(drop.table, drop.chain)}`,
    });
  }
  for (const { table, text } of findForeignForwardDrops(facts)) {
    if (!isInformed(table)) context.reporter.report({ type: 'notice', level: 'warning', text });
  }
}

/** NAT64 leaves over IPv4, by the helpers' bridge; with AAAA use the nodes leave over IPv6. */
function forwardedPackets(facts: HostFacts, clusterName: string, { aaaa }: Pick<ClusterPlan['mode'], 'aaaa'>): ForwardedPacket[] {
  const names = nameCluster(clusterName);
  const uplink = (family: 4 | 6): string | undefined => facts.routes.filter((route) => route.family === family && route.destination === 'default').sort((one, other) => one.metric - other.metric)[0]?.device;
  const packet = (family: 4 | 6, from: string): ForwardedPacket[] => {
    const to = uplink(family);
    return to === undefined ? [] : [{ family, from, to }];
  };
  return [...packet(4, names.egressBridge), ...(aaaa ? packet(6, names.nodeBridge) : [])];
}

function renderRemedy(table: string, chain: string): string {
  if (/ firewalld$/.test(table)) return 'firewall-cmd --permanent --zone=trusted --add-interface=br-NAME && firewall-cmd --reload, or restart Docker while firewalld runs, so that it takes its bridges into a zone';
  if (/legacy/.test(table)) return `${table.startsWith('ip6') ? 'ip6tables' : 'iptables'}-legacy -P FORWARD ACCEPT`;
  return `nft insert rule ${table} ${chain} 'iifname "br-*" accept' && nft insert rule ${table} ${chain} 'oifname "br-*" ct state established,related accept'`;
}
