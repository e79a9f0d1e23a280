import type { HostRulesPlan } from '../plan/types.js';

/**
 * The bit of a packet's mark that says that it may be routed, the guard's policy routing asks for it (shell/host-guard.bash). Bit 12 is nobody's: Kubernetes has
 * 14 and 15, CNI's portmap 13, Cilium 8 to 11, Calico and Tailscale some from 16 on; wg-quick compares the whole mark, where another bit changes
 * nothing. https://github.com/fwmark/registry
 */
const routable = '0x00001000';

/**
 * The cluster's own nftables tables on the engine host, for every backend of the engine's, whose own rules let the bridge out and replies in and
 * keep its networks apart: nothing here accepts, so whatever an administrator drops stays dropped. Mark, masquerade and refusals vanish together,
 * and with them what leaves the bridge. The second table is for what NAT64 sends over IPv4, which has no mark: policy routing by marks and strict
 * reverse-path filtering do not go together there. The text is as `nft list table` prints it, one table behind the other.
 */
export function renderHostTable(
  { bridge, egressBridge, nodeCidr, table, snatAddress, refusedDestinations }: HostRulesPlan,
  mode: { aaaa: boolean },
): string {
  const mark = `meta mark set meta mark | ${routable}`;
  return [
    `table ip6 ${table} {`,
    '\tchain prerouting {',
    // After connection tracking, before the routing decision, and after whoever else sets marks there.
    '\t\ttype filter hook prerouting priority mangle + 10; policy accept;',
    // The way back of what came in from outside (a published port) is not a way out.
    `\t\tiifname "${bridge}" ct direction reply ${mark}`,
    // The helpers' (DNS64 asks resolvers of either family): the engine's own masquerade of them may be flushed, ours goes and comes with the mark.
    `\t\tiifname "${egressBridge}" ct state established,related,new ${mark}`,
    // Only what the masquerade below translates: NAT leaves packets of no known connection alone, and other sources have lost their way.
    ...(mode.aaaa ? [`\t\tiifname "${bridge}" ip6 saddr ${nodeCidr} ct state established,related,new ${mark}`] : []),
    '\t}',
    '',
    '\tchain input {',
    // The host would answer a source that is not of the network by its uplink. Nodes masquerade what leaves them, to the host as well.
    '\t\ttype filter hook input priority filter - 5; policy accept;',
    `\t\tiifname "${bridge}" ip6 saddr != ${nodeCidr} ip6 saddr != fe80::/10 ip6 saddr != :: drop`,
    '\t}',
    '',
    '\tchain forward {',
    // Before the engine's own chain (priority filter), whose verdict on a refused destination would be accept.
    '\t\ttype filter hook forward priority filter - 5; policy accept;',
    // A host that filters bridged frames (br_netfilter) shows those on their way to NAT64 here, too, which refuses them at once.
    ...refusedDestinations.map(
      (cidr) =>
        `\t\tiifname "${bridge}" oifname != "${bridge}" ip6 daddr ${cidr.replace(/\/128$/, '')} reject with icmpv6 admin-prohibited`,
    ),
    '\t}',
    '',
    '\tchain postrouting {',
    '\t\ttype nat hook postrouting priority srcnat; policy accept;',
    '\t\tip6 daddr ff00::/8 return',
    // Not bound to an uplink: a laptop changes its own.
    `\t\toifname != "${bridge}" ip6 saddr ${nodeCidr} ${snatAddress === undefined ? 'masquerade' : `snat to ${snatAddress}`}`,
    `\t\tiifname "${egressBridge}" oifname != "${egressBridge}" masquerade`,
    '\t}',
    '',
    '\tchain untranslated {',
    // The masquerade alone may be flushed, and it never sees the rest of a connection that began without it.
    '\t\ttype filter hook postrouting priority srcnat + 10; policy accept;',
    `\t\toifname != "${bridge}" ip6 saddr ${nodeCidr} ct direction original drop`,
    `\t\tiifname "${egressBridge}" oifname != "${egressBridge}" ct direction original ct status ! snat drop`,
    '\t}',
    '}',
    `table ip ${table} {`,
    '\tchain postrouting {',
    '\t\ttype nat hook postrouting priority srcnat; policy accept;',
    `\t\tiifname "${egressBridge}" oifname != "${egressBridge}" masquerade`,
    '\t}',
    '',
    '\tchain untranslated {',
    '\t\ttype filter hook postrouting priority srcnat + 10; policy accept;',
    `\t\tiifname "${egressBridge}" oifname != "${egressBridge}" ct direction original ct status ! snat drop`,
    '\t}',
    '}',
    '',
  ].join('\n');
}
