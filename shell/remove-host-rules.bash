#!/bin/bash
# FORWARD-CHAIN POSTROUTING-CHAIN
# Removes the chains, the rules that lead to them and the nft table, in whatever backend they are; prints `removed BACKEND` for each.
forward=$1 postrouting=$2
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
case $legacy in *filter*) remove ip6tables-legacy filter "$forward" ;; esac
case $legacy in *nat*) remove ip6tables-legacy nat "$postrouting" ;; esac
if nft list table ip6 "$forward" > /dev/null 2>&1; then
  nft delete table ip6 "$forward" || exit 1
  echo "removed nftables $forward"
fi
