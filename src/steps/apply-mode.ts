import { renderNodeNetworkFiles } from '../render/node-files.js';
import { installRules, uninstallRules } from './host.js';
import { applyNodeNetwork } from '../cluster/node-network.js';
import type { RemovalContext, StepContext } from '../cluster/step.js';
import { switchDns64Mode } from '../cluster/helpers/dns64.js';

/**
 * Gives a live cluster the plan's mode. The host's rules are there before a node has a way out, and stay until no node has one, so
 * that no unique-local source reaches an uplink in between.
 */
export async function applyMode(context: RemovalContext & Pick<StepContext, 'plan'>): Promise<void> {
  const { engine, plan } = context;
  if (plan.mode.aaaa) await installRules(context);
  await Promise.all([
    switchDns64Mode(engine, plan, plan.mode),
    ...plan.nodes.map((node) => applyNodeNetwork(engine, node, renderNodeNetworkFiles(plan, node))),
  ]);
  if (!plan.mode.aaaa) await uninstallRules(context);
}
