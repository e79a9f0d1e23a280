#!/bin/bash
# Makes one of each thing that a cluster's networks are made of, in the empty network namespace of a container with CAP_NET_ADMIN, which is gone
# with it: the kernel loads what it has as a module. Prints `feature ok` or `feature problem` for each.

try() {
  local name=$1 said
  shift
  if said=$("$@" 2>&1); then echo "$name ok"; else echo "$name $(tr '\n' ' ' <<< "$said")"; fi
}
rules() { nft -f - <<< "table ip6 dind64 { chain out { type nat hook postrouting priority srcnat; ct state new masquerade; }; }"; }
rules4() { nft -f - <<< "table ip dind64 { chain out { type nat hook postrouting priority srcnat; ct state new masquerade; }; }"; }
mangle() { ip6tables-nft -t mangle -A FORWARD -m comment --comment dind64 -j ACCEPT; }
try veth ip link add dind64-a type veth peer name dind64-b
try bridge ip link add dind64-c type bridge
try nftables-nat-ipv6 rules
try nftables-nat-ipv4 rules4
try ip6tables-nft mangle
try policy-routing ip -6 rule add pref 64 from all fwmark 0/0x1000 iif lo unreachable
if [ -e /dev/net/tun ]; then try tun ip tuntap add dev dind64-t mode tun; fi
