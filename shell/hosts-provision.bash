#!/bin/bash
# apply FOLDER NAME ITEM ARGUMENT...   makes one change on a host, after it has been recorded
# undo FOLDER NAME                     takes one back, by its record, and forgets it
# again FOLDER                         makes all that is recorded, in the order of the names: what a reboot has taken
# list FOLDER                          prints the records, each begun by a line `@@ NAME`
# As root. FOLDER, of root alone, has a file for each change, made before the change: ITEM and its arguments, a line each, and a last line that
# begins with `before ` and says what was there. What is so already is not recorded, so it is never taken back; what somebody has changed since is
# left as it is. Whether somebody else has come to need a change is for the caller to judge before `undo`.
set -u
# The order of names is the same everywhere.
LC_ALL=C
fail() {
  echo "$*" >&2
  exit 1
}

# Each ITEM has functions: _is (it is so), _now (what is there instead), _make, and _back BEFORE ARGUMENT..., called where it is still so; where `so`
# means something else then, as for what may be half made, _ours says it. _refuse fails where somebody else's is in the way: nothing is recorded then.

# address DEVICE ADDRESS/LENGTH
address_is() { [ -n "$(ip -o addr show dev "$1" to "${2%/*}" 2> /dev/null)" ]; }
address_now() { echo absent; }
address_make() { ip addr add "$2" dev "$1"; }
address_back() { ip addr del "$3" dev "$2"; }

# accept-ra DEVICE: from 1 to 2. At 0 a program reads the advertisements, and it stays so.
accept-ra_is() { [ "$(accept-ra_now "$1")" != 1 ]; }
accept-ra_now() { cat "/proc/sys/net/ipv6/conf/$1/accept_ra" 2> /dev/null; }
accept-ra_make() { echo 2 > "/proc/sys/net/ipv6/conf/$1/accept_ra"; }
accept-ra_ours() { [ "$(accept-ra_now "$1")" = 2 ]; }
accept-ra_back() { echo "$1" > "/proc/sys/net/ipv6/conf/$2/accept_ra"; }

# ipv4-forwarding
ipv4-forwarding_is() { [ "$(< /proc/sys/net/ipv4/ip_forward)" = 1 ]; }
ipv4-forwarding_now() { echo 0; }
ipv4-forwarding_make() { echo 1 > /proc/sys/net/ipv4/ip_forward; }
ipv4-forwarding_back() { echo 0 > /proc/sys/net/ipv4/ip_forward; }

# ipv6-forwarding. `all` writes every interface's own value, so those that were on are put back one by one.
ipv6-forwarding_is() { [ "$(< /proc/sys/net/ipv6/conf/all/forwarding)" = 1 ]; }
ipv6-forwarding_now() (
  cd /proc/sys/net/ipv6/conf || exit
  for name in *; do [ "$(< "$name/forwarding")" = 0 ] || printf '%s ' "$name"; done
  echo
)
ipv6-forwarding_make() { echo 1 > /proc/sys/net/ipv6/conf/all/forwarding; }
ipv6-forwarding_back() {
  local name
  echo 0 > /proc/sys/net/ipv6/conf/all/forwarding
  for name in $1; do [ ! -e "/proc/sys/net/ipv6/conf/$name" ] || echo 1 > "/proc/sys/net/ipv6/conf/$name/forwarding"; done
}

# bridge NAME ADDRESS/LENGTH...
bridge_ours() { [ -d "/sys/class/net/$1/bridge" ]; }
bridge_is() {
  local name=$1 address
  bridge_ours "$name" && [ -n "$(ip -o link show dev "$name" up)" ] || return
  for address in "${@:2}"; do address_is "$name" "$address" || return; done
}
bridge_now() { echo absent; }
bridge_make() {
  local name=$1 address
  bridge_ours "$name" || ip link add "$name" type bridge || return
  for address in "${@:2}"; do address_is "$name" "$address" || address_make "$name" "$address" || return; done
  ip link set "$name" up
}
bridge_back() { ip link del "$2"; }

# route DESTINATION unreachable | route DESTINATION GATEWAY DEVICE
route_tool() { case $1 in *:*) echo -6 ;; *) echo -4 ;; esac }
route_show() { ip "$(route_tool "$1")" route show exact "$@" 2> /dev/null; }
route_is() {
  if [ "$2" = unreachable ]; then [ -n "$(route_show "$1" type unreachable)" ]; else [ -n "$(route_show "$1" via "$2" dev "$3")" ]; fi
}
route_now() { echo absent; }
route_refuse() {
  local other
  other=$(route_show "$1")
  [ -z "$other" ] || fail "there is another route: $other"
}
route_make() {
  if [ "$2" = unreachable ]; then ip "$(route_tool "$1")" route add unreachable "$1"; else ip "$(route_tool "$1")" route add "$1" via "$2" dev "$3"; fi
}
route_back() {
  if [ "$3" = unreachable ]; then ip "$(route_tool "$2")" route del unreachable "$2"; else ip "$(route_tool "$2")" route del "$2" via "$3" dev "$4"; fi
}

# file PATH CONTENT-IN-BASE64: a new one; nothing there is replaced. No secret: the content stands in the record.
file_is() { [ -f "$1" ] && base64 -d <<< "$2" | cmp -s - "$1"; }
file_now() { echo absent; }
file_refuse() { [ ! -e "$1" ] || fail "$1 is there already, with another content"; }
file_make() {
  mkdir -p "${1%/*}" && base64 -d <<< "$2" > "$1.dind64-new" && mv "$1.dind64-new" "$1"
}
file_back() { rm "$2"; }

# packet-rules FILE FAMILY TABLE...: what nft reads, and the tables that are in it. They are made anew, since their rules may have changed.
packet-rules_is() { return 1; }
packet-rules_ours() { return 0; }
packet-rules_now() { echo absent; }
packet-rules_make() { nft -f "$1"; }
packet-rules_back() {
  local tables=("${@:3}") index
  for ((index = 0; index < ${#tables[@]}; index += 2)); do
    nft list table "${tables[@]:index:2}" > /dev/null 2>&1 || continue
    nft delete table "${tables[@]:index:2}" || return
  done
}

read_record() { # NAME; sets `item` (with its arguments) and `before`
  local lines
  mapfile -t lines < "$folder/$1" || fail "$folder/$1 cannot be read"
  before=${lines[-1]#before }
  item=("${lines[@]:0:${#lines[@]}-1}")
  if [ "$before" = "${lines[-1]}" ] || ! declare -F "${item[0]}_make" > /dev/null; then fail "$folder/$1 is no record"; fi
}

make() { # ITEM ARGUMENT...
  "$1_make" "${@:2}" || fail "could not make $*"
}

apply() { # NAME ITEM ARGUMENT...
  local name=$1 now
  shift
  declare -F "$1_make" > /dev/null || fail "there is no item $1"
  if [ -e "$folder/$name" ]; then
    read_record "$name"
    [ "${item[*]}" = "$*" ] || fail "$name is recorded with other arguments: take it back first"
  fi
  if "$1_is" "${@:2}"; then
    echo "$name unchanged"
    return
  fi
  if [ ! -e "$folder/$name" ]; then
    if declare -F "$1_refuse" > /dev/null; then "$1_refuse" "${@:2}"; fi
    now=$("$1_now" "${@:2}") || fail "what was there before $* could not be read"
    [ -d "$folder" ] || { mkdir -p "${folder%/*}" && mkdir -m 700 "$folder"; } || fail "$folder could not be made"
    # Whole or not at all, and on the disk before the change is made.
    { printf '%s\n' "$@" "before $now" > "$folder/.new" && sync "$folder/.new" && mv "$folder/.new" "$folder/$name" && sync "$folder"; } \
      || fail "$folder/$name could not be written"
  fi
  make "$@"
  echo "$name made"
}

undo() { # NAME
  [ -e "$folder/$1" ] || fail "there is no record $1"
  read_record "$1"
  if still_so; then
    "${item[0]}_back" "$before" "${item[@]:1}" || fail "could not take back ${item[*]}"
    echo "$1 taken back"
  else
    echo "$1 left, since it is as somebody else has made it"
  fi
  rm "$folder/$1"
}

still_so() {
  if declare -F "${item[0]}_ours" > /dev/null; then "${item[0]}_ours" "${item[@]:1}"; else "${item[0]}_is" "${item[@]:1}"; fi
}

again() {
  local path
  for path in "$folder"/*; do
    [ -e "$path" ] || continue
    read_record "${path##*/}"
    "${item[0]}_is" "${item[@]:1}" || make "${item[@]}"
  done
}

list() {
  local path
  for path in "$folder"/*; do [ ! -e "$path" ] || printf '\n@@ %s\n%s\n' "${path##*/}" "$(< "$path")"; done
}

folder=$2
case $1 in
  apply | undo) "$1" "${@:3}" ;;
  again | list) "$1" ;;
  *) fail "there is no $1" ;;
esac
