import { DindError } from '../errors.js';
import { describeMissingRules, missingRulesRemedy } from '../host/engine-rules.js';
import { describeDrop } from '../host/firewalls.js';
import { judgeFirewalls } from '../host/judge-firewalls.js';
import type { ClusterPlan } from '../plan/types.js';
import type { Context } from '../cluster/context.js';
import type { Survey } from './survey.js';

/**
 * Firewalls of others: what drops the cluster's packets whatever dind64 does is an error now, before anything is made; what may drop them is
 * a warning, and the connectivity check will tell. The engine's own rules are not ours to put back: that they are missing is said.
 */
export function refuseFirewalls(
  context: Context,
  { engine, facts, info }: Pick<Survey, 'engine' | 'facts' | 'info'>,
  mode: Pick<ClusterPlan['mode'], 'aaaa'>,
): void {
  const { sure, possible } = judgeFirewalls(facts, info, context.environment.settings.clusterName, mode);
  for (const { drop, end, remedy } of sure) {
    throw new DindError({
      code: 'firewall-drops',
      source: 'environment',
      doing: 'looking at the firewalls',
      where: `the engine host of ${engine.endpoint}`,
      observed: `${describeDrop(drop)}\n${end}, and no rule elsewhere can let it pass`,
      hint: `let it through there, for the bridges br-*, for example:\n  ${remedy}`,
    });
  }
  const missing = facts.engineRules === undefined ? undefined : describeMissingRules(facts.engineRules);
  if (missing !== undefined)
    context.reporter.report({ type: 'notice', level: 'warning', text: `${missing}: ${missingRulesRemedy}` });
  for (const { text } of possible) context.reporter.report({ type: 'notice', level: 'warning', text });
}
