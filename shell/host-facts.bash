#!/bin/bash
# Reads the facts of an engine host, as root in its network namespace with CAP_NET_ADMIN and CAP_NET_RAW (iptables-legacy) and its PID namespace. It
# changes nothing; above all it never asks iptables-legacy for a table that is not there, which would make it. Output: sections, each begun by a
# line `@@ name` (src/host/parse-facts.ts reads them).
exec 2> /dev/null
section() { printf '\n@@ %s\n' "$1"; }
value() {
  local text
  { read -r text < "$1"; } && printf '%s %s\n' "$2" "$text"
}

section links
ip -j -d addr show
section routes4
ip -j -4 route show table all
section routes6
ip -j -6 route show table all

section sysctls
value /proc/sys/net/ipv4/ip_forward ipv4-forwarding
value /proc/sys/net/bridge/bridge-nf-call-ip6tables bridge-filter
value /proc/sys/net/ipv6/conf/all/disable_ipv6 ipv6-disabled
value /proc/sys/fs/inotify/max_user_watches inotify-watches
value /proc/sys/fs/inotify/max_user_instances inotify-instances
cd /proc/sys/net/ipv6/conf && for name in *; do
  value "./$name/accept_ra" "accept-ra $name"
  value "./$name/forwarding" "forwarding $name"
done
cd /

section mounts
while read -r _ _ _ _ point rest; do
  # shellcheck disable=SC2086 # words
  set -f -- $rest
  while [ $# -gt 0 ] && [ "$1" != - ]; do shift; done
  echo "$point $2"
done < /proc/1/mountinfo
set +f
section listening
ss -Hltn
section capabilities
while read -r line; do case $line in CapBnd:*) echo "$line" ;; esac done < /proc/1/status
section filesystems
while read -r line; do case $line in *bpf) echo bpf ;; esac done < /proc/filesystems
section resolvers
while read -r key address _; do [ "$key" = nameserver ] && echo "$address"; done < /etc/resolv.conf

section nft
nft -j -t list ruleset
section nft-text
nft -a -t list ruleset
for family in 4 6; do
  tool=iptables names=/proc/net/ip_tables_names
  [ $family = 6 ] && tool=ip6tables names=/proc/net/ip6_tables_names
  tables=$(< $names)
  section legacy$family
  case $'\n'$tables$'\n' in *$'\nfilter\n'*) $tool-legacy -t filter -S ;; esac
  section legacy$family-nat
  case $'\n'$tables$'\n' in *$'\nnat\n'*) $tool-legacy -t nat -S ;; esac
done
section end
