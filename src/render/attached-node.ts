import type { FileEntry } from '../engine/types.js';
import type { ClusterPlan } from '../plan/types.js';

/** systemd unit on the nodes of a cluster that dind64 is attached to. */
export const attachedUnit = 'dind64-attached';

const directory = 'etc/dind64-attached';

/** Where they are on a node, for whoever removes them. */
export const attachedNodePaths = [`/${directory}`, `/etc/systemd/system/${attachedUnit}.service`];

/** What makes the node's network as `attach` wants it (`up`), or as it was (`down`). */
export const attachedNodeProgram = `/${directory}/network`;

/**
 * The files of a node of another tool's: a route to the NAT64 prefix, which nodes lose when they restart, and the node's own address for what its pods send to NAT64 and DNS64,
 * whatever the CNI does: the way back is then known to everybody. `ip6tables` and not a table of nftables: nodes have it wherever kube-proxy runs.
 */
export function renderAttachedNodeFiles({
  nat64,
  dns64,
  podCidr,
}: Pick<ClusterPlan, 'nat64' | 'dns64' | 'podCidr'>): FileEntry[] {
  const network = `#!/bin/bash
# Made by \`dind64 attach\`, removed by \`dind64 detach\`. up: the way to NAT64, and pods' way there and to DNS64 under the node's own address. down: none of it.
prefix=${nat64.prefix} nat64=${nat64.address} dns64=${dns64.address} pods=${podCidr}

masquerade() {
  ip6tables --wait --table nat "$1" POSTROUTING --source "$pods" --destination "$2" --match comment --comment dind64 --jump MASQUERADE
}

case $1 in
  up)
    set -e
    ip -6 route replace "$prefix" via "$nat64"
    for destination in "$prefix" "$dns64"; do
      masquerade --check "$destination" 2> /dev/null || masquerade --insert "$destination"
    done
    ;;
  down)
    ip -6 route del "$prefix" via "$nat64" 2> /dev/null
    for destination in "$prefix" "$dns64"; do
      while masquerade --check "$destination" 2> /dev/null; do masquerade --delete "$destination" || exit; done
    done
    ;;
esac
`;
  const unit = `[Unit]
Description=The way to NAT64 and DNS64 of dind64
Before=kubelet.service

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/bash ${attachedNodeProgram} up
ExecStop=-/bin/bash ${attachedNodeProgram} down

[Install]
WantedBy=multi-user.target
`;
  return [
    { path: `${directory}/network`, content: network, mode: 0o755 },
    { path: `etc/systemd/system/${attachedUnit}.service`, content: unit },
  ];
}
