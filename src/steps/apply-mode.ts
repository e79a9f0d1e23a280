import { renderNodeNetworkFiles } from '../render/node-files.js';
import { applyNodeNetwork } from '../cluster/node.js';
import type { StepContext } from '../cluster/step.js';
import { applyGuard } from '../cluster/helpers/guard.js';
import { renewClusterDns } from './attached/cluster-dns.js';
import { switchDns64Mode } from '../cluster/helpers/dns64.js';

/** Gives a live cluster the plan's mode, which is recorded. The host lets through before a node sends there, and until none does. */
export async function applyMode(context: Pick<StepContext, 'engine' | 'plan' | 'signal'>): Promise<void> {
  const { engine, plan } = context;
  if (plan.attached !== undefined) {
    // How IPv6 leaves is not dind64's there. CoreDNS has a cache of its own, and forgets it.
    await switchDns64Mode(engine, plan, plan.mode);
    await renewClusterDns(context);
    return;
  }
  if (plan.mode.aaaa) await applyGuard(engine, plan);
  await Promise.all([
    switchDns64Mode(engine, plan, plan.mode),
    ...plan.nodes.map((node) => applyNodeNetwork(engine, node, renderNodeNetworkFiles(plan, node))),
  ]);
  if (!plan.mode.aaaa) await applyGuard(engine, plan);
}
