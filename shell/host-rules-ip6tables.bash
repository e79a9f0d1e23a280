#!/bin/bash
# install|check FALLBACK-BACKEND BRIDGE FORWARD-CHAIN POSTROUTING-CHAIN FILTER-RULES NAT-RULES FILTER-JUMPS NAT-JUMPS RESTORE-INPUT
# Installs or checks the rules of mode true. Prints `backend nft|legacy|nftables`, then `filter ok|missing` and `nat ok|missing` as found, and `changed` when
# something was installed. Installing what is right already changes nothing. Ends with 1 when the rules are not there after an install.
#
# The engine's own rules name the node network's bridge by now: where they are, ours belong. iptables-legacy is asked only for tables that exist, because
# asking makes them. A drop of others in DOCKER-USER, or one ahead of the jump to it, must come after ours.
action=$1 fallback=$2 bridge=$3 forward=$4 postrouting=$5 want_filter=$6 want_nat=$7 filter_jumps=$8 nat_jumps=$9 wanted=${10}

in_legacy() {
  case $(cat /proc/net/ip6_tables_names 2> /dev/null) in *filter*) return 0 ;; esac
  return 1
}
names_bridge() { "ip6tables-$1" -w 5 -t filter -S 2> /dev/null | grep -vF -- "$forward" | grep -qE -- " $bridge( |\$)"; }
backend=$fallback
if names_bridge nft; then backend=nft; elif in_legacy && names_bridge legacy; then backend=legacy; fi
tool=ip6tables-$backend
rules() {
  [ "$backend" = nft ] || in_legacy || return 0
  "$tool" -w 5 -t "$1" -S "$2" 2> /dev/null | grep '^-A'
}
ahead_of_drops() { # rules of the parent chain, jump: the jump is there, once, and no drop or reject is before it
  local before
  before=$(sed '/ -j \(DROP\|REJECT\)/,$d' <<< "$1")
  [ "$(grep -cxF -- "$2" <<< "$1")" = 1 ] && grep -qxF -- "$2" <<< "$before"
}
check() {
  filter=ok nat=ok
  local top in_parent in_other in_nat jump
  top=$(rules filter FORWARD)
  parent=FORWARD other=DOCKER-USER
  [ "$(head -n 1 <<< "$top")" = '-A FORWARD -j DOCKER-USER' ] && parent=DOCKER-USER other=FORWARD
  [ "$(rules filter "$forward")" = "$want_filter" ] || filter=missing
  [ "$(rules nat "$postrouting")" = "$want_nat" ] || nat=missing
  in_parent=$(rules filter "$parent") in_other=$(rules filter "$other") in_nat=$(rules nat POSTROUTING)
  while read -r jump; do
    ahead_of_drops "$in_parent" "-A $parent $jump" || filter=missing
    grep -qxF -- "-A $other $jump" <<< "$in_other" && filter=missing
  done <<< "$filter_jumps"
  while read -r jump; do
    [ "$(grep -cxF -- "-A POSTROUTING $jump" <<< "$in_nat")" = 1 ] || nat=missing
  done <<< "$nat_jumps"
}
report() { printf '%s\n' "backend $backend" "filter $filter" "nat $nat"; }
# shellcheck disable=SC2086 # A rule is words.
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

check
report
if [ "$action" = check ] || [ "$filter$nat" = okok ]; then exit 0; fi
install
check
[ "$filter$nat" = okok ] || {
  echo "after installing: filter $filter, nat $nat" >&2
  exit 1
}
echo changed
