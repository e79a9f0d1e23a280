import type { SharedChange } from '../plan/types.js';

const write = String.raw`
write() { # file, value, what must be there now: nothing else is overwritten, and a device that is gone is no error
  [ -e "$1" ] || return 0
  local now; read -r now < "$1"
  [ "$now" = "$3" ] || return 0
  echo "$2" > "$1" || { echo "cannot write $2 to $1" >&2; exit 1; }
  echo "$1 $now -> $2"
}
`;

/**
 * Bash that makes the changes: accept_ra always, forwarding only when asked (engines with the iptables backend turn it on themselves,
 * and set the policy of FORWARD to DROP with it). accept_ra comes first: the kernel drops learnt routes when forwarding goes on.
 */
export function renderSysctlChanges(changes: readonly SharedChange[], forwarding: boolean): string {
  const lines = changes.flatMap((change): string[] => {
    switch (change.kind) {
      case 'accept-ra':
        return [writeLine(acceptRa(change.device), 2, change.value)];
      case 'ipv6-forwarding':
        return forwarding ? [writeLine(ipv6Forwarding('default'), 1, 0), writeLine(ipv6Forwarding('all'), 1, 0)] : [];
      case 'ipv4-forwarding':
        return forwarding ? [writeLine(ipv4Forwarding, 1, 0)] : [];
      case 'forward-policy':
        return [];
    }
  });
  return (
    write +
    [...lines].sort((one, other) => Number(other.includes('accept_ra')) - Number(one.includes('accept_ra'))).join('\n')
  );
}

/** Bash that puts back what was recorded, where it still has the changed value: forwarding, then the policy of FORWARD, accept_ra last. */
export function renderSysctlRestore(changes: readonly SharedChange[]): string {
  const order: SharedChange['kind'][] = ['ipv6-forwarding', 'ipv4-forwarding', 'forward-policy', 'accept-ra'];
  const lines = [...changes]
    .sort((one, other) => order.indexOf(one.kind) - order.indexOf(other.kind))
    .flatMap(renderRestoreLines);
  return [write, policy, ...lines].join('\n');
}

function renderRestoreLines(change: SharedChange): string[] {
  switch (change.kind) {
    case 'accept-ra':
      return [writeLine(acceptRa(change.device), change.value, 2)];
    case 'ipv4-forwarding':
      return [writeLine(ipv4Forwarding, Number(change.value), 1)];
    case 'forward-policy':
      return [`policy ${change.family === 6 ? 'ip6tables' : 'iptables'} ${change.backend} '${change.policy}'`];
    case 'ipv6-forwarding':
      return [
        // Writing `all` writes `default` and every interface: those that were on before are turned on again.
        ...(change.all
          ? []
          : [
              writeLine(ipv6Forwarding('all'), 0, 1),
              ...change.interfaces.map((name) => writeLine(ipv6Forwarding(name), 1, 0)),
            ]),
        writeLine(ipv6Forwarding('default'), Number(change.default), change.default ? 0 : 1),
      ];
  }
}

// The engine makes it DROP (moby, setup_ip_forwarding.go); any other policy is somebody else's. The legacy tool is asked only for
// tables that are there.
const policy = String.raw`
policy() { # tool, backend, policy
  local tool=$1-$2 names=/proc/net/ip_tables_names
  [ "$1" = ip6tables ] && names=/proc/net/ip6_tables_names
  if [ "$2" = legacy ]; then case $(cat $names 2> /dev/null) in *filter*) ;; *) return 0;; esac; fi
  "$tool" -w 5 -t filter -S FORWARD 2> /dev/null | grep -qxF -- '-P FORWARD DROP' || return 0
  "$tool" -w 5 -t filter -P FORWARD "$3" || exit 1
  echo "$tool FORWARD DROP -> $3"
}
`;

function writeLine(file: string, value: number, now: number): string {
  return `write '${file}' ${value} ${now}`;
}

function acceptRa(device: string): string {
  return `/proc/sys/net/ipv6/conf/${device}/accept_ra`;
}

function ipv6Forwarding(name: string): string {
  return `/proc/sys/net/ipv6/conf/${name}/forwarding`;
}

const ipv4Forwarding = '/proc/sys/net/ipv4/ip_forward';
