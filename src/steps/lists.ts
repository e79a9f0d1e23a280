import { runCheck, startCheckPod } from './check.js';
import { applyClusterDns } from './cluster-dns.js';
import { installCni } from './cni.js';
import { initControlPlane } from './control-plane.js';
import { removeConfigVolumes, removeHelpers, startApi, startDns64, startNat64 } from './helpers.js';
import { ensureEgressNetwork, ensureNodeNetwork, removeNetworks } from './networks.js';
import { applyHostRules, recordCluster, restoreHost, uninstallHostRules } from './host.js';
import { waitForKubeProxy } from './kube-proxy.js';
import { addContext, removeContext } from './kubeconfig.js';
import { removeNodes, startNodes } from './nodes.js';
import { recordPodCidrs, waitForNodes, waitForReady } from './ready.js';
import { joinWorkers } from './workers.js';
import { checkAttached } from './attached/check.js';
import { forwardClusterDns, restoreClusterDns } from './attached/cluster-dns.js';
import { leadNodes, releaseNodes } from './attached/nodes.js';
import { forgetAttachment, recordAttachment } from './attached/record.js';
import type { RemovalStep, UpStep } from '../cluster/step.js';

/** Everything `up` does once the images are there and the plan is made; each step starts when those it names in `after` are done. */
export const upSteps: readonly UpStep[] = [
  recordCluster,
  ensureNodeNetwork,
  ensureEgressNetwork,
  startDns64,
  startNat64,
  startApi,
  applyHostRules,
  startNodes,
  initControlPlane,
  applyClusterDns,
  addContext,
  joinWorkers,
  waitForNodes,
  recordPodCidrs,
  waitForKubeProxy,
  installCni,
  startCheckPod,
  waitForReady,
  runCheck,
];

/** Nodes, their volumes, host rules and the context go; networks, helpers and images stay. */
export const downSteps: readonly RemovalStep[] = [removeContext, removeNodes, uninstallHostRules];

/** All of the cluster goes and the host is as it was before. */
export const cleanSteps: readonly RemovalStep[] = [
  removeContext,
  removeNodes,
  uninstallHostRules,
  removeHelpers,
  removeNetworks,
  removeConfigVolumes,
  restoreHost,
];

/** Everything `attach` does: the helpers of `up` on the network that another tool made, and the two things that lead its nodes and its cluster DNS to them. */
export const attachSteps: readonly UpStep[] = [
  recordAttachment,
  ensureEgressNetwork,
  { ...startDns64, after: ['egress-network'] },
  { ...startNat64, after: ['egress-network'] },
  leadNodes,
  forwardClusterDns,
  checkAttached,
];

/** The cluster, its nodes and its network are as they were. */
export const detachSteps: readonly RemovalStep[] = [
  restoreClusterDns,
  releaseNodes,
  { ...removeHelpers, needs: ['cluster-dns', 'nodes'] },
  { ...removeNetworks, after: [], needs: ['helpers'] },
  removeConfigVolumes,
  forgetAttachment,
];
