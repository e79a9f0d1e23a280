#!/bin/bash
# [watch] | apply | health | remove BRIDGE EGRESS-BRIDGE TABLE [GATEWAY] [FORMER-CHAIN...]
# The guard of the engine host: makes its network namespace what /etc/dind64 says, and again whenever somebody has changed it. It is the
# host container's program (src/plan/containers/host.ts), which runs in that namespace; `remove` needs no /etc/dind64.
#   table.nft   the cluster's tables, of IPv6 and of IPv4, as `nft list table` prints them; empty: nothing is to be there
#   guard.env   BRIDGE and NODE_CIDR of the nodes, EGRESS_BRIDGE of the helpers, TABLE, GATEWAY (the address that the nodes' default route leads to)
# watch   for ever; blocks on netlink and costs nothing when nothing happens
# apply   prints what it had to make, one a line
# health  lines `problem TEXT` and `fact NAME VALUE`
set -u
config=/etc/dind64
# Interfaces that accept_ra was raised of; `clean` puts them back (src/host/restore.ts).
raised=$config/accept-ra
mended=$config/mended
# What table.nft sets in the mark of packets that may be routed (src/render/host-table.ts). No flush of rules touches policy routing.
mark=0x1000
# Behind the local table, which leads to the host itself, and ahead of everything that leads out: whoever may not is told so; what bears a source
# that is not of the network gets no answer, which would go out in its turn.
refused=64 ignored=65

main() {
  case ${1:-watch} in
    watch) watch ;;
    apply) locked apply ;;
    health) health ;;
    remove)
      shift
      locked remove "$@"
      ;;
    *) fail "no such command: $1" ;;
  esac
}

fail() {
  echo "$1" >&2
  exit 1
}

# A command that applies and the guard that watches take turns.
locked() { (flock 9 && "$@") 9> /run/dind64-guard.lock; }

watch() {
  local made limit=(-t 1) status end
  made=$(locked apply) || fail 'the host could not be made as recorded'
  [ -z "$made" ] || echo "made: ${made//$'\n'/, }"
  exec {events}< <(watch_netlink)
  while :; do
    # The first time with a limit: what happened before the monitors listened is seen by looking once more.
    read -r -u "$events" "${limit[@]}" _
    status=$?
    [ $status -ne 1 ] || fail 'a netlink monitor has ended'
    limit=()
    # One change makes many events.
    end=$((SECONDS + 1))
    while read -r -u "$events" -t 0.05 _ && [ "$SECONDS" -lt "$end" ]; do :; done
    made=$(locked apply) || fail 'the host could not be made as recorded'
    [ -n "$made" ] || continue
    echo "mended: ${made//$'\n'/, }"
    # The address comes and goes with the bridge and the engine, interfaces come: only the others were taken away by somebody.
    made=$(grep -E '^(table|policy)' <<< "$made") && echo "$(date -u +%Y-%m-%dT%H:%M:%SZ) ${made//$'\n'/, }" > $mended
  done
}

# Ends when one of them does: an engine starts the container again.
watch_netlink() {
  ip monitor link address route rule netconf &
  # It warns of each rule of iptables that it has no words for.
  nft monitor rules 2> >(grep -v '^# Warning: ' >&2) &
  wait -n
  # shellcheck disable=SC2046 # pids
  kill $(jobs -p) 2> /dev/null
}

# The order matters: the address, which lets packets come, is last.
apply() {
  local rule made=''
  [ -s $config/table.nft ] || return 0
  # shellcheck disable=SC1091
  . $config/guard.env
  raise_accept_ra
  if ! has_table; then
    printf '%s\n' "table ip6 $TABLE {}" "delete table ip6 $TABLE" "table ip $TABLE {}" "delete table ip $TABLE" "$(< $config/table.nft)" | nft -f - || exit 1
    has_table || fail "the table is not as it was written: $(show_table 2>&1)"
    echo "table $TABLE"
  fi
  while read -r rule; do
    if has_rule "$rule"; then continue; fi
    # shellcheck disable=SC2086 # words
    ip -6 rule add pref $rule || exit 1
    made='policy routing'
  done < <(list_rules)
  [ -z "$made" ] || echo "$made"
  turn_on_forwarding
  if [ -e "/sys/class/net/$BRIDGE" ] && ! has_gateway; then
    # Without preference the host never takes it for its own source.
    ip -6 address replace "$GATEWAY/128" dev "$BRIDGE" nodad preferred_lft 0 || [ ! -e "/sys/class/net/$BRIDGE" ] || exit 1
    echo "gateway $GATEWAY"
  fi
}

show_table() {
  nft list table ip6 "$TABLE"
  nft list table ip "$TABLE"
}
has_table() { [ "$(show_table 2> /dev/null)" = "$(< $config/table.nft)" ]; }
# Preference and rule, as `ip rule` prints them.
list_rules() {
  echo "$refused from $NODE_CIDR fwmark 0/$mark iif $BRIDGE unreachable"
  echo "$ignored from all fwmark 0/$mark iif $BRIDGE blackhole"
  echo "$ignored from all fwmark 0/$mark iif $EGRESS_BRIDGE blackhole"
}
show_rules() { ip -6 rule show pref "$1" 2> /dev/null | sed 's/^[0-9]*:[[:space:]]*//; s/ \[detached\]//; s/ *$//'; }
has_rule() { show_rules "${1%% *}" | grep -qxF -- "${1#* }"; }
has_rules() {
  local rule
  while read -r rule; do has_rule "$rule" || return 1; done < <(list_rules)
}
has_gateway() { ip -6 -o address show dev "$BRIDGE" 2> /dev/null | grep -qF " $GATEWAY/128 "; }

# With forwarding on the kernel learns nothing from router advertisements, and forgets the default route that it has, unless accept_ra is 2.
# Not for whoever had forwarding on before dind64: such a host is a router.
raise_accept_ra() {
  local file name value
  [ -d /var/lib/dind64/host-changes/dind64-host-ipv6-forwarding ] || return 0
  for file in /proc/sys/net/ipv6/conf/*/accept_ra; do
    name=${file%/accept_ra} name=${name##*/}
    # An interface may go while it is looked at. 0: NetworkManager or networkd handle advertisements.
    { read -r value < "$file"; } 2> /dev/null || continue
    if [ "$value" != 1 ] || ! is_uplink "$name"; then continue; fi
    mkdir -p $raised
    : > "$raised/$name"
    { echo 2 > "$file"; } 2> /dev/null || [ ! -e "$file" ] || fail "cannot write 2 to $file"
    solicit_router "$name"
    echo "accept_ra of $name"
  done
}

# An engine that was told not to ("ip-forward": false) leaves forwarding off, also after a reboot. Any other turns it on with a network, and with it the policy
# of its FORWARD chains, which it would not if it found forwarding on: so not before a container is there. Not ours where it was on before dind64.
turn_on_forwarding() {
  local change file value
  compgen -G "/sys/class/net/$BRIDGE/brif/*" > /dev/null || return 0
  for change in ipv6-forwarding:ipv6/conf/all/forwarding ipv4-forwarding:ipv4/ip_forward; do
    file=/proc/sys/net/${change#*:}
    [ -d "/var/lib/dind64/host-changes/dind64-host-${change%%:*}" ] || continue
    { read -r value < "$file"; } 2> /dev/null || continue
    [ "$value" = 0 ] || continue
    { echo 1 > "$file"; } 2> /dev/null || fail "cannot write 1 to $file"
    echo "${change%%:*}"
  done
}

# An interface that routers may be behind, and neither a container nor a pod, whose advertisements must not be believed: one with a default
# route, a card, or what is made of a card (VLAN, bond, bridge).
is_uplink() {
  local device=/sys/class/net/$1 lower
  case $1 in all | default | lo) return 1 ;; esac
  [ ! -e "$device/brport" ] || return 1
  [ -z "$(
    ip -4 route show default dev "$1" 2> /dev/null
    ip -6 route show default dev "$1" 2> /dev/null
  )" ] || return 0
  for lower in "$device" "$device"/lower_*; do
    [ ! -e "$lower/device" ] || return 0
  done
  return 1
}

# The kernel asks for an advertisement only when an interface comes up; the next one by itself may be ten minutes away. RFC 4861 4.1.
solicit_router() {
  perl -MSocket=:all -e '
    socket(my $socket, PF_INET6, SOCK_RAW, 58) or exit 1;
    setsockopt($socket, IPPROTO_IPV6, 18, pack("i", 255)); # IPV6_MULTICAST_HOPS
    setsockopt($socket, IPPROTO_IPV6, 17, pack("i", $ARGV[0])); # IPV6_MULTICAST_IF
    send($socket, pack("C8", 133, 0, 0, 0, 0, 0, 0, 0), 0, pack_sockaddr_in6(0, inet_pton(AF_INET6, "ff02::2")));
  ' "$(cat "/sys/class/net/$1/ifindex")" || echo "no router was asked on $1" >&2
}

health() {
  [ -s $config/table.nft ] || exit 0
  # shellcheck disable=SC1091
  . $config/guard.env
  local part
  for part in table rules gateway; do
    if "has_$part"; then echo "fact $part present"; else echo "fact $part missing"; fi
  done
  [ ! -s $mended ] || echo "fact mended $(< $mended)"
}

# Takes everything back; what is not there is fine.
remove() {
  local bridges=("$1" "$2") table=$3 gateway=${4:-} preference bridge rule family chain
  shift "$(($# < 4 ? $# : 4))"
  if [ -n "$gateway" ] && [ -e "/sys/class/net/${bridges[0]}" ]; then
    ip -6 address del "$gateway/128" dev "${bridges[0]}" 2> /dev/null && echo "removed gateway $gateway"
  fi
  for preference in $refused $ignored; do
    for bridge in "${bridges[@]}"; do
      while read -r rule; do
        # shellcheck disable=SC2086 # words
        ip -6 rule del pref $preference $rule && echo "removed policy routing: $preference $rule"
      done < <(show_rules "$preference" | grep -F " fwmark 0/$mark iif $bridge ")
    done
  done
  for family in ip6 ip; do
    nft list table $family "$table" > /dev/null 2>&1 || continue
    nft delete table $family "$table" || exit 1
    echo "removed table $family $table"
  done
  # An older dind64 had its rules where the engine has its own. iptables-legacy is asked only for tables that are there: asking makes them.
  for chain in "$@"; do
    remove_chain ip6tables-nft filter "$chain"
    remove_chain ip6tables-nft nat "$chain"
    case $(cat /proc/net/ip6_tables_names 2> /dev/null) in *filter*) remove_chain ip6tables-legacy filter "$chain" ;; esac
    case $(cat /proc/net/ip6_tables_names 2> /dev/null) in *nat*) remove_chain ip6tables-legacy nat "$chain" ;; esac
  done
}

remove_chain() { # tool, table, chain: all of it in one step
  local rules jumps
  rules=$("$1" -w 5 -t "$2" -S 2> /dev/null)
  grep -qxF -- "-N $3" <<< "$rules" || return 0
  jumps=$(grep -E -- " -j $3\$" <<< "$rules" | sed 's/^-A/-D/')
  printf '%s\n' "*$2" "$jumps" "-F $3" "-X $3" COMMIT | sed '/^$/d' | "$1-restore" -w 5 --noflush || exit 1
  echo "removed $1 $3"
}

main "$@"
