#!/bin/bash
# (write FILE VALUE PRESENT-VALUE | policy ip6tables|iptables nft|legacy POLICY)...
# Changes sysctls and the policies of FORWARD, in this order, where they are what was expected.

write() { # file, value, what must be there now: nothing else is overwritten, and a device that is gone is no error
  [ -e "$1" ] || return 0
  local now
  read -r now < "$1"
  [ "$now" = "$3" ] || return 0
  echo "$2" > "$1" || {
    echo "cannot write $2 to $1" >&2
    exit 1
  }
  echo "$1 $now -> $2"
}

# The engine makes it DROP (moby, setup_ip_forwarding.go); any other policy is somebody else's. The legacy tool is asked only for tables that are there.
policy() { # tool, backend, policy
  local tool=$1-$2 names=/proc/net/ip_tables_names
  [ "$1" = ip6tables ] && names=/proc/net/ip6_tables_names
  if [ "$2" = legacy ]; then case $(cat $names 2> /dev/null) in *filter*) ;; *) return 0 ;; esac fi
  "$tool" -w 5 -t filter -S FORWARD 2> /dev/null | grep -qxF -- '-P FORWARD DROP' || return 0
  "$tool" -w 5 -t filter -P FORWARD "$3" || exit 1
  echo "$tool FORWARD DROP -> $3"
}

while [ $# -gt 0 ]; do
  "$1" "$2" "$3" "$4"
  shift 4
done
