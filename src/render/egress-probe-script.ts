import type { CheckTarget } from '../settings/types.js';

/** Ports of a target that names none. */
const defaultPorts = [443, 80];

/**
 * Bash that tries TCP connects to every AAAA of the targets, all at once, 2 s each for the name and the connect. Prints `reached NAME
 * ADDRESS PORT` for the first that answers; otherwise one line for each thing that failed: `unresolved NAME`, or `failed NAME ADDRESS PORT`.
 */
export function renderEgressProbeScript(targets: readonly CheckTarget[]): string {
  const lines = targets.map(({ name, port }) => `try '${name.replaceAll("'", '')}' ${(port === undefined ? defaultPorts : [port]).join(' ')} &`);
  // The first success ends the script, and with it the container and what is still trying.
  return `${functions}while read -r line; do
  echo "$line"
  case $line in reached\\ *) break;; esac
done < <(
${lines.join('\n')}
wait
)
`;
}

// getent gives IPv4-mapped addresses for a name with A records only: those are no way over IPv6.
const functions = String.raw`
connect() { # name, address, port
  if timeout 2 bash -c 'exec 3<> "/dev/tcp/$1/$2"' _ "$2" "$3" 2> /dev/null; then echo "reached $1 $2 $3"; else echo "failed $1 $2 $3"; fi
}
try() { # name, ports
  local name=$1 address port found= kind; shift
  while read -r address kind _; do
    [ "$kind" = STREAM ] || continue
    case $address in ::ffff:*.*) continue;; esac
    found=yes
    for port in "$@"; do connect "$name" "$address" "$port" & done
  done < <(timeout 2 getent ahostsv6 "$name")
  [ -n "$found" ] || echo "unresolved $name"
  wait
}
`;
