import { renderChainRules, renderJumps, renderNftTable, renderRestore } from './host-rules.js';
import type { EngineInfo } from '../engine/types.js';
import type { HostFacts, HostRulesPlan } from '../plan/types.js';

export type RulesAction = 'install' | 'check';
export interface RulesTarget {
  host: HostRulesPlan;
  firewallBackend: EngineInfo['firewallBackend'];
  rulesBackend: HostFacts['rulesBackend'];
}

/**
 * Bash that installs or checks the rules of mode true. Its output: `backend nft|legacy|nftables`, then `filter ok|missing` and `nat ok|missing` as
 * found, and `changed` when something was installed. Installing what is right already changes nothing. Ends with 1 when the rules
 * are not there after an install.
 */
export function renderRulesScript(target: RulesTarget, action: RulesAction): string {
  const state = target.firewallBackend === 'nftables' ? nftState(target.host) : iptablesState(target);
  return `${state}
check; report
${
  action === 'check'
    ? 'exit 0'
    : `[ "$filter$nat" = okok ] && exit 0
install
check
[ "$filter$nat" = okok ] || { echo "after installing: filter $filter, nat $nat" >&2; exit 1; }
echo changed`
}
`;
}

/** Bash that removes the chains, the rules that lead to them and the nft table, in whatever backend they are; prints `removed BACKEND` for each. */
export function renderRulesRemoval(chains: HostRulesPlan['chains']): string {
  return `forward='${chains.forward}' postrouting='${chains.postrouting}'
${String.raw`
remove() { # tool, table, chain: all of it in one step
  local rules jumps
  rules=$("$1" -w 5 -t "$2" -S 2> /dev/null)
  grep -qxF -- "-N $3" <<< "$rules" || return 0
  jumps=$(grep -E -- " -j $3\$" <<< "$rules" | sed 's/^-A/-D/')
  printf '%s\n' "*$2" "$jumps" "-F $3" "-X $3" COMMIT | sed '/^$/d' | "$1-restore" -w 5 --noflush || exit 1
  echo "removed $1 $3"
}
remove ip6tables-nft filter "$forward"
remove ip6tables-nft nat "$postrouting"
legacy=$(< /proc/net/ip6_tables_names) 2> /dev/null
case $legacy in *filter*) remove ip6tables-legacy filter "$forward";; esac
case $legacy in *nat*) remove ip6tables-legacy nat "$postrouting";; esac
if nft list table ip6 "$forward" > /dev/null 2>&1; then
  nft delete table ip6 "$forward" || exit 1
  echo "removed nftables $forward"
fi
exit 0
`}`;
}

function iptablesState({ host, rulesBackend }: RulesTarget): string {
  const rules = renderChainRules(host);
  const jumps = renderJumps(host);
  return `bridge='${host.bridge}' forward='${host.chains.forward}' postrouting='${host.chains.postrouting}'
want_filter='${rules.filter.join('\n')}'
want_nat='${rules.nat.join('\n')}'
filter_jumps='${jumps.filter.join('\n')}'
nat_jumps='${jumps.nat.join('\n')}'
wanted='${renderRestore(host)}'
fallback=${rulesBackend === 'legacy' ? 'legacy' : 'nft'}
${iptablesFunctions}`;
}

// The engine's own rules name the node network's bridge by now: where they are, ours belong. iptables-legacy is asked only for
// tables that exist, because asking makes them. A drop of others in DOCKER-USER, or one ahead of the jump to it, must come after ours.
const iptablesFunctions = String.raw`
in_legacy() { case $(cat /proc/net/ip6_tables_names 2> /dev/null) in *filter*) return 0;; esac; return 1; }
names_bridge() { "ip6tables-$1" -w 5 -t filter -S 2> /dev/null | grep -vF -- "$forward" | grep -qE -- " $bridge( |\$)"; }
backend=$fallback
if names_bridge nft; then backend=nft; elif in_legacy && names_bridge legacy; then backend=legacy; fi
tool=ip6tables-$backend
rules() { [ $backend = nft ] || in_legacy || return 0; "$tool" -w 5 -t "$1" -S "$2" 2> /dev/null | grep '^-A'; }
ahead_of_drops() { # rules of the parent chain, jump: the jump is there, once, and no drop or reject is before it
  local before=$(sed '/ -j \(DROP\|REJECT\)/,$d' <<< "$1")
  [ "$(grep -cxF -- "$2" <<< "$1")" = 1 ] && grep -qxF -- "$2" <<< "$before"
}
check() {
  filter=ok nat=ok
  local top=$(rules filter FORWARD) jump
  parent=FORWARD other=DOCKER-USER
  [ "$(head -n 1 <<< "$top")" = '-A FORWARD -j DOCKER-USER' ] && parent=DOCKER-USER other=FORWARD
  [ "$(rules filter "$forward")" = "$want_filter" ] || filter=missing
  [ "$(rules nat "$postrouting")" = "$want_nat" ] || nat=missing
  local in_parent=$(rules filter "$parent") in_other=$(rules filter "$other") in_nat=$(rules nat POSTROUTING)
  while read -r jump; do
    ahead_of_drops "$in_parent" "-A $parent $jump" || filter=missing
    grep -qxF -- "-A $other $jump" <<< "$in_other" && filter=missing
  done <<< "$filter_jumps"
  while read -r jump; do
    [ "$(grep -cxF -- "-A POSTROUTING $jump" <<< "$in_nat")" = 1 ] || nat=missing
  done <<< "$nat_jumps"
}
report() { printf '%s\n' "backend $backend" "filter $filter" "nat $nat"; }
put_jump() { # table, parent, other parent, jump: exactly one, at the top
  local rule=$4
  while "$tool" -w 5 -t "$1" -D "$2" $rule 2> /dev/null; do :; done
  [ -z "$3" ] || while "$tool" -w 5 -t "$1" -D "$3" $rule 2> /dev/null; do :; done
  "$tool" -w 5 -t "$1" -I "$2" 1 $rule || exit 1
}
install() {
  "$tool-restore" -w 5 --noflush <<< "$wanted" || exit 1
  local jump
  [ $filter = ok ] || while read -r jump; do put_jump filter "$parent" "$other" "$jump"; done <<< "$filter_jumps"
  [ $nat = ok ] || while read -r jump; do put_jump nat POSTROUTING '' "$jump"; done <<< "$nat_jumps"
}
`;

function nftState(host: HostRulesPlan): string {
  return `table='${host.chains.forward}'
wanted='${renderNftTable(host).trimEnd()}'
${String.raw`
check() {
  filter=missing nat=missing
  [ "$(nft list table ip6 "$table" 2> /dev/null)" = "$wanted" ] && filter=ok nat=ok
}
report() { printf '%s\n' 'backend nftables' "filter $filter" "nat $nat"; }
install() { printf '%s\n' "table ip6 $table {}" "delete table ip6 $table" "$wanted" | nft -f - || exit 1; }
`}`;
}
