# Probes DNS and TCP from wherever it runs (a pod, a node, the engine host, a helper) and prints one JSON object a line.
# Fed to `bash -s`; needs bash 5 and coreutils only: no DNS tool, no capability, no writable file system.
#
#   bash -s -- LIMIT REQUEST...     LIMIT: seconds for one attempt, e.g. 2 or 2.5
#
# Requests, all carried out side by side:
#   dns ID SERVER NAME TYPE                     one question; SERVER `-`: those of /etc/resolv.conf
#   tcp ID ADDRESS PORT                         one connection
#   udp ID ADDRESS PORT                         one datagram; an answer counts as connected. Unlike TCP it hears a refusal at once: an
#                                               ICMP error that comes while connect() holds the socket, as it does from a namespace of
#                                               the same kernel, counts for TCP only at the next SYN, a second later
#   target ID NAME PORTS FAMILIES SERVER        asks resolv.conf's servers for A and AAAA, then connects to the first address of each of
#                                               FAMILIES (`6`, `46`) by PORTS (`443,80`) in turn until one answers; when no AAAA is
#                                               answered, asks SERVER as well (`-`: nobody)
#   cells ID NAME ADDRESS CELL,...              for the matrix of `verify`: all CELLs to ADDRESS, an address or a record type (`A`, `AAAA`), which
#                                               is asked for NAME of resolv.conf's servers first. CELL: tcp:PORT, udp:PORT (what is sent must come
#                                               back), icmp:BYTES, http:PORT, https:PORT, none. These need ping and curl too; where one is missing,
#                                               its outcome is `untried`. A few at a time, or a small machine would time out by its own work
set -u
export LC_ALL=C

main() {
  local request
  limit=$1
  shift
  # A pipe that holds as many bytes as cells may be tried at a time.
  exec {turns}<> <(:)
  printf 123456 >&"$turns"
  for request in "$@"; do
    # shellcheck disable=SC2086 # a request is words
    probe_$request &
  done
  wait
  printf '{"probe":"end"}\n'
}

probe_dns() {
  ask_and_report "$@"
}

probe_tcp() {
  connect_and_report tcp "$@"
}

probe_udp() {
  connect_and_report udp "$@"
}

probe_target() {
  local id=$1 name=$2 ports=$3 families=$4 second=$5
  target_family "$id" "$name" A "$ports" "$([[ $families == *4* ]] && echo yes)" - &
  target_family "$id" "$name" AAAA "$ports" "$([[ $families == *6* ]] && echo yes)" "$second" &
  wait
}

# ID NAME TYPE PORTS CONNECT SECOND-SERVER
target_family() {
  local id=$1 name=$2 type=$3 ports=$4 connect=$5 second=$6 port
  ask_and_report "$id" - "$name" "$type"
  if ((${#addresses[@]} == 0)); then
    [[ $second == - ]] || ask_and_report "$id" "$second" "$name" "$type"
    return
  fi
  [[ $connect == yes ]] || return
  for port in ${ports//,/ }; do
    connect_and_report tcp "$id" "${addresses[0]}" "$port"
    # Where there is no route, another port has none either.
    [[ $outcome == connected || $outcome == no-route ]] && return
  done
}

# ID NAME ADDRESS CELLS
probe_cells() {
  local id=$1 name=$2 address=$3 cell
  if [[ $address == A || $address == AAAA ]]; then
    ask_and_report "$id" - "$name" "$address"
    address=${addresses[0]:-}
    [[ $address != '' ]] || return
  fi
  for cell in ${4//,/ }; do
    [[ $cell == none ]] || try_cell "$id" "$name" "$address" "$cell" &
  done
  wait
}

# ID NAME ADDRESS PROTOCOL:PORT-OR-BYTES
try_cell() {
  local id=$1 name=$2 address=$3 protocol=${4%:*} argument=${4#*:} start text='' status seen='' ms=''
  read -r -N 1 -u "$turns" _
  start=${EPOCHREALTIME/[.,]/}
  case $protocol in
    tcp) text=$(timeout "$limit" bash -c 'exec 3<>"/dev/tcp/$1/$2"' cell "$address" "$argument" 2>&1) ;;
    udp) text=$(timeout "$limit" bash -c 'exec 3<>"/dev/udp/$1/$2" && printf dind64 >&3 && reply=$(dd bs=4096 count=1 status=none <&3) && [[ $reply == dind64 ]]' cell "$address" "$argument" 2>&1) ;;
    icmp) text=$(ping -n -c 1 -W "$limit" -s "$argument" "$address" 2>&1) ;;
    http | https) fetch "$protocol" "$name" "$address" "$argument" ;;
  esac
  status=${fetched:-$?}
  ms=${spent:-$(((${EPOCHREALTIME/[.,]/} - start) / 1000))}
  printf x >&"$turns"
  [[ $text =~ time=([0-9]+)(\.[0-9]+)?' ms' ]] && ms=${BASH_REMATCH[1]}
  case $status in
    0) outcome=connected ;;
    124 | 137) outcome=timed-out ;;
    *) name_failure "$text" ;;
  esac
  if [[ $protocol == icmp && $outcome != connected ]]; then name_ping_failure "$text"; fi
  if [[ $status == 127 || $text == *'socktype'* || $text == *'SOCK_RAW'* ]]; then
    outcome=untried
  fi
  [[ $protocol != http* ]] || read_source
  text=${text//$'\n'/ }
  text=${text//[^[:alnum:] :.,_\/-]/}
  printf '{"probe":"cell","id":"%s","cell":"%s","address":"%s","outcome":"%s","detail":"%s","source":"%s","ms":%d}\n' \
    "$id" "$4" "$address" "$outcome" "${text:0:200}" "$seen" "$ms"
}

# What ping says of ICMP errors, in its own words.
name_ping_failure() {
  case $1 in
    *'rohibited'*) outcome=prohibited ;;
    *'too big'* | *'too long'*) outcome=too-big ;;
    *'nreachable'* | *'o route'*) outcome=no-route ;;
    *'0 received'*) outcome=timed-out ;;
  esac
}

# SCHEME NAME ADDRESS PORT; leaves `fetched`, `spent` (ms), `text` (what went wrong) and `body`. Whatever the server answers is an answer; who it is, is not asked.
fetch() {
  local host=$2 at=$3 reply url
  [[ $at == *:* ]] && at="[$at]"
  [[ $host == - ]] && host=$at
  url=$1://$host:$4/
  reply=$(curl --disable --globoff --insecure --silent --show-error --verbose --noproxy '*' --max-time "$limit" --max-filesize 65536 \
    --connect-to "::$at:$4" --write-out '\nseconds %{time_total}\n' "$url" 2>&1)
  fetched=$?
  body=$reply text=$reply
  [[ $reply =~ seconds' '([0-9]+)\.([0-9][0-9][0-9]) ]] && spent=$((10#${BASH_REMATCH[1]}${BASH_REMATCH[2]}))
  ((fetched == 0 || fetched == 127)) || text=$(grep -E '^(\* .*(fail|ailed|o route|efused|nreachable|reset|denied)|curl:)' <<< "$reply" | head -n 2)
  case $fetched in
    0 | 63) fetched=0 text='' ;;
    28) fetched=124 ;;
  esac
}

# Some servers tell whom they see: the whole answer is an address, or a line of it is `source ADDRESS`.
read_source() {
  local line last=''
  while IFS= read -r line; do
    [[ $line =~ ^source' '([0-9a-fA-F.:]+)$ ]] && seen=${BASH_REMATCH[1]}
    [[ $line =~ ^([0-9a-fA-F.:]*[.:][0-9a-fA-F.:]*)$ ]] && last=${BASH_REMATCH[1]}
  done <<< "${body//$'\r'/}"
  [[ $seen != '' ]] || seen=$last
}

# ID SERVER NAME TYPE; leaves `addresses`
ask_and_report() {
  local id=$1 name=$3 type=$4 start=${EPOCHREALTIME/[.,]/} list=() server text='' deadline
  mapfile -t list < <(servers "$2")
  server=${list[0]:-none}
  answer=no-server addresses=()
  # Two rounds, as resolvers do, but never more than the time of two attempts.
  deadline=$((start + $(microseconds "$limit") * 2))
  for _ in 1 2; do
    for server in "${list[@]}"; do
      ask "$server" "$name" "$type"
      [[ $answer == NOERROR || $answer == NXDOMAIN ]] && break 2
      ((${EPOCHREALTIME/[.,]/} < deadline)) || break 2
    done
  done
  ((${#addresses[@]} == 0)) || printf -v text ',"%s"' "${addresses[@]}"
  printf '{"probe":"dns","id":"%s","server":"%s","name":"%s","type":"%s","answer":"%s","addresses":[%s],"ms":%d}\n' \
    "$id" "$server" "$name" "$type" "$answer" "${text#,}" $(((${EPOCHREALTIME/[.,]/} - start) / 1000))
}

# SERVER NAME TYPE; leaves `answer` (an RCODE's name, or why there is none) and `addresses`
ask() {
  local reply query label hex type=$3
  local -A types=([A]=01 [AAAA]=1c)
  # One question, recursion desired, EDNS with 1232 bytes (DNS flag day 2020).
  printf -v query '\\x%02x\\x%02x\\x01\\x00\\x00\\x01\\x00\\x00\\x00\\x00\\x00\\x01' $((RANDOM % 256)) $((RANDOM % 256))
  for label in ${2//./ }; do
    printf -v hex '\\x%02x' ${#label}
    query+=$hex$label
  done
  query+="\\x00\\x00\\x${types[$type]}\\x00\\x01\\x00\\x00\\x29\\x04\\xd0\\x00\\x00\\x00\\x00\\x00\\x00"
  # dd gathers the query into one datagram: bash writes line by line, and a label of ten letters begins with a line feed.
  reply=$(timeout "$limit" bash -c 'exec 3<>"/dev/udp/$1/53" && printf "$2" | dd obs=512 status=none >&3 &&
    dd bs=4096 count=1 status=none <&3 | od -An -v -tx1' probe "$1" "$query" 2>&1)
  if [[ $reply =~ ^[[:space:]0-9a-f]*$ ]]; then
    read_reply "$reply" "00${types[$type]}"
  else
    name_failure "$reply"
    answer=$outcome
  fi
}

# HEX-BYTES TYPE
read_reply() {
  # shellcheck disable=SC2206 # bytes are words
  local bytes=($1) at=12 count length code names=(NOERROR FORMERR SERVFAIL NXDOMAIN NOTIMP REFUSED)
  if ((${#bytes[@]} < 12)); then
    answer=no-answer
    return
  fi
  code=$((16#${bytes[3]} & 15))
  answer=${names[code]:-RCODE$code}
  count=$((16#${bytes[6]}${bytes[7]}))
  skip_name
  at=$((at + 4))
  while ((count-- > 0 && at < ${#bytes[@]})); do
    skip_name
    length=$((16#${bytes[at + 8]:-0}${bytes[at + 9]:-0}))
    if [[ ${bytes[at]}${bytes[at + 1]} == "$2" ]]; then
      read_address $((at + 10)) "$length"
    fi
    at=$((at + 10 + length))
  done
}

skip_name() {
  local size
  while ((at < ${#bytes[@]})); do
    size=$((16#${bytes[at]}))
    if ((size >= 192)); then
      at=$((at + 2))
      return
    fi
    at=$((at + 1 + size))
    ((size > 0)) || return
  done
}

# OFFSET LENGTH
read_address() {
  local address b=("${bytes[@]:$1:$2}")
  ((${#b[@]} == $2)) || return
  if (($2 == 4)); then
    printf -v address '.%d' "0x${b[0]}" "0x${b[1]}" "0x${b[2]}" "0x${b[3]}"
  else
    printf -v address ':%s%s' "${b[@]}"
  fi
  addresses+=("${address:1}")
}

# tcp|udp ID ADDRESS PORT; leaves `outcome`
connect_and_report() {
  local start=${EPOCHREALTIME/[.,]/} text status
  text=$(timeout "$limit" bash -c 'exec 3<>"/dev/$1/$2/$3" || exit
    [[ $1 == tcp ]] || { printf . >&3 && dd bs=4096 count=1 status=none <&3 >/dev/null; }' probe "$1" "$3" "$4" 2>&1)
  status=$?
  case $status in
    0) outcome=connected ;;
    124 | 137) outcome=timed-out ;;
    *) name_failure "$text" ;;
  esac
  text=${text%%$'\n'*}
  printf '{"probe":"%s","id":"%s","address":"%s","port":%d,"outcome":"%s","detail":"%s","ms":%d}\n' \
    "$1" "$2" "$3" "$4" "$outcome" "${text//[^[:alnum:] :.,_\/-]/}" $(((${EPOCHREALTIME/[.,]/} - start) / 1000))
}

# What the kernel makes of ICMP errors: Linux, icmp_err_convert and icmpv6_err_convert.
name_failure() {
  case $1 in
    *'onnection refused'*) outcome=refused ;;
    *'nreachable'* | *'o route to host'*) outcome=no-route ;;
    *'ermission denied'* | *'not permitted'*) outcome=prohibited ;;
    *'timed out'*) outcome=timed-out ;;
    *'reset'*) outcome=reset ;;
    *) outcome=failed ;;
  esac
}

# SERVER-OR-DASH
servers() {
  local key value _
  if [[ $1 != - ]]; then
    echo "$1"
    return
  fi
  while read -r key value _; do
    [[ $key == nameserver ]] && echo "$value"
  done < /etc/resolv.conf
}

microseconds() {
  local whole=${1%.*} fraction=0
  [[ $1 == *.* ]] && fraction=${1#*.}000000
  echo $((whole * 1000000 + 10#${fraction:0:6}))
}

main "$@"
