import type { IpAddress } from '../net/types.js';

/** Bash for a node: its services, the routes it would take to these addresses, its rules and its disk, one fact a line. Changes nothing. */
export function renderNodeStateScript(destinations: readonly IpAddress[]): string {
  return `for unit in kubelet containerd; do echo "unit $unit $(systemctl is-active "$unit" 2>&1 | tail -n 1)"; done
for address in ${destinations.join(' ')}; do echo "route $address $(ip -6 -o route get "$address" 2>&1 | tail -n 1)"; done
nft list table ip6 dind64_egress >/dev/null 2>&1 && echo 'egress-rules present' || echo 'egress-rules missing'
echo "disk $(stat --file-system --format='%a %b' /var)"`;
}
