import { hexIdentity } from './identity.js';

/** Every name that belongs to a cluster, from its name alone: what `down` and `clean` need. */
export interface ClusterNames {
  nodeNetwork: string;
  egressNetwork: string;
  nodeBridge: string;
  egressBridge: string;
  controlPlane: string;
  dns64: string;
  nat64: string;
  api: string;
  /** Container that keeps the cluster's record, and the host as recorded; its volume is called the same. */
  host: string;
  /** Container that stands for the command that works on the cluster (cluster/lock.ts). */
  lock: string;
  /** nftables table on the engine host. */
  hostTable: string;
  /** ip6tables chains there, of a cluster that an older dind64 made. */
  formerChains: string[];
  context: string;
}

export function nameCluster(clusterName: string): ClusterNames {
  const short = shortName(clusterName);
  return {
    nodeNetwork: `${clusterName}-net`,
    egressNetwork: `${clusterName}-egress`,
    nodeBridge: `br-${short}`,
    // Starts with br- as well, so that the wildcard of the forward chain covers it.
    egressBridge: `br-eg-${hexIdentity(clusterName, 9)}`,
    controlPlane: `${clusterName}-control-plane`,
    dns64: `${clusterName}-dns64`,
    nat64: `${clusterName}-nat64`,
    api: `${clusterName}-api`,
    host: `${clusterName}-host`,
    lock: `${clusterName}-lock`,
    hostTable: `DIND64-HOST-${short}`,
    formerChains: [`DIND64-FWD-${short}`, `DIND64-NAT-${short}`],
    context: `dind64-${clusterName}`,
  };
}

export function workerName(clusterName: string, number: number): string {
  return `${clusterName}-worker-${number}`;
}

/** Linux allows 15 characters for an interface (IFNAMSIZ); 12 are left after the prefix. */
function shortName(clusterName: string): string {
  return clusterName.length <= 12 ? clusterName : `${clusterName.slice(0, 5)}-${hexIdentity(clusterName, 6)}`;
}
