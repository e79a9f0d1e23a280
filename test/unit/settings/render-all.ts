import type { ClusterPlan } from '../../../src/plan/types.js';
import { renderApiFiles } from '../../../src/render/api.js';
import { renderDns64Files } from '../../../src/render/dns64.js';
import { renderHostTable } from '../../../src/render/host-table.js';
import { renderInitConfig } from '../../../src/render/kubeadm.js';
import { renderNat64Files, renderNat64LiveFiles } from '../../../src/render/nat64.js';
import { renderNodeFiles, renderNodeNetworkFiles } from '../../../src/render/node-files.js';

/** Every text that a plan gives to other programs; of the nodes, the first and the last. */
export function renderAll(plan: ClusterPlan): string[] {
  const [controlPlane] = plan.nodes;
  const last = plan.nodes.at(-1);
  if (controlPlane === undefined || last === undefined) throw new Error('a plan without nodes');
  const files = [
    ...renderDns64Files(plan),
    ...renderNat64Files(plan),
    ...renderNat64LiveFiles(plan),
    ...renderApiFiles(plan),
    ...renderNodeFiles(plan, controlPlane, { proxy: {}, caBundle: undefined, registryAuth: undefined }),
    ...renderNodeFiles(plan, last, { proxy: {}, caBundle: undefined, registryAuth: undefined }),
    ...renderNodeNetworkFiles(plan, last),
  ];
  return [
    ...files.map(({ content }) => content.toString()),
    renderHostTable(plan.host, plan.mode),
    renderInitConfig(plan, controlPlane),
  ];
}
