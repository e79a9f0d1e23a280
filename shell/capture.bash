#!/bin/bash
# INTERFACES DUMPCAP-OPTION...
# dumpcap writes to stdout and ends, with all that it has, when the input ends: so a capture whose owner is gone ends too. Before it, the interfaces
# are told on stderr, one line each: `interface NAME ADDRESS...`. INTERFACES: names and patterns with spaces between; `*` is all but loopback.
wanted=$1
shift
names=()
for path in /sys/class/net/*; do
  name=${path##*/}
  [[ $name != lo ]] || continue
  # shellcheck disable=SC2053 # A pattern is meant.
  for pattern in $wanted; do [[ $name == $pattern && $(< "$path/flags") == 0x*[13579bdf] ]] && {
    names+=("$name")
    break
  }; done
done
((${#names[@]} > 0)) || {
  echo "no interface is called $wanted and up" >&2
  exit 1
}
for name in "${names[@]}"; do
  addresses=$(ip -o address show dev "$name" scope global | awk '{ print $4 }' | tr '\n' ' ')
  echo "interface $name $addresses" >&2
done
exec 3<&0
# A filter counts for the interfaces that are named behind it.
dumpcap "${@}" "${names[@]/#/-i}" 3<&- < /dev/null &
capture=$!
{
  cat <&3 > /dev/null
  kill -INT $capture 2> /dev/null
} &
watch=$!
wait $capture
status=$?
kill $watch 2> /dev/null
exit $status
