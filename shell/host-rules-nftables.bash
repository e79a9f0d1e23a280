#!/bin/bash
# install|check TABLE TABLE-AS-LISTED
# Installs or checks the rules of mode true. Prints `backend nft|legacy|nftables`, then `filter ok|missing` and `nat ok|missing` as found, and `changed` when
# something was installed. Installing what is right already changes nothing. Ends with 1 when the rules are not there after an install.
action=$1 table=$2 wanted=$3

check() {
  filter=missing nat=missing
  [ "$(nft list table ip6 "$table" 2> /dev/null)" = "$wanted" ] && filter=ok nat=ok
}
report() { printf '%s\n' 'backend nftables' "filter $filter" "nat $nat"; }
install() { printf '%s\n' "table ip6 $table {}" "delete table ip6 $table" "$wanted" | nft -f - || exit 1; }

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
