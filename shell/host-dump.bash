#!/bin/bash
# Shows the engine host's network and resources in full, for a maintainer to read; where it runs and what it prints are as in shell/host-facts.bash.
# It changes nothing.
exec 2>&1
section() { printf '\n@@ %s\n' "$1"; }
show() {
  echo "== $*"
  "$@"
  echo
}

section rules
nft list ruleset
section legacy
for family in 4 6; do
  tool=iptables names=/proc/net/ip_tables_names
  [ $family = 6 ] && tool=ip6tables names=/proc/net/ip6_tables_names
  # It would make a table that it is asked for.
  [ -e $names ] && while read -r table; do show $tool-legacy -t "$table" -S -v; done < $names
done
section addresses
show ip -s -d address
show bridge -s link
section routes
for family in -4 -6; do
  show ip $family rule
  show ip $family route show table all
  show ip $family neighbour
done
section sysctls
for file in /proc/sys/net/ipv4/ip_forward /proc/sys/net/ipv4/conf/*/{forwarding,rp_filter} /proc/sys/net/ipv6/conf/*/{accept_ra,disable_ipv6,forwarding,mtu} /proc/sys/net/bridge/* /proc/sys/net/netfilter/nf_conntrack_{count,max} /proc/sys/fs/inotify/* /proc/sys/fs/file-nr; do
  [ -r "$file" ] && echo "$file $(tr '\n' ' ' < "$file")"
done
section sockets
ss -tulnp
section resources
show cat /proc/meminfo
show cat /proc/loadavg
show df -h /
show df -i /
show date
show cat /proc/version
show cat /proc/cgroups
section resolver
cat /etc/resolv.conf
section end
