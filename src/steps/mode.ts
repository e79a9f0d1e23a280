import { DindError } from '../errors.js';
import { hasIpv6DefaultRoute } from '../host/changes.js';
import { attemptMs } from '../checks/connectivity.js';
import { judgeIpv6Egress, probeHostEgress } from '../checks/host-egress.js';
import { defaultCheckTargets } from '../plan/check-targets.js';
import type { Engine } from '../engine/types.js';
import type { ClusterPlan, HostFacts } from '../plan/types.js';
import type { AaaaUse } from '../settings/types.js';
import type { Context } from '../cluster/context.js';
import type { Survey } from './survey.js';
import { howTo } from '../how-to.js';

type Mode = ClusterPlan['mode'];

/**
 * The mode of `up`: what the environment or `.env` says wins; with nothing said a running cluster keeps its mode, and a new one gets
 * `false`. `again`: the command that asks, with other settings. `true` without an IPv6 default route is refused before anything is touched.
 */
export async function decideMode(
  context: Context,
  {
    engine,
    baseImage,
    facts,
    record,
    again,
  }: Pick<Survey, 'engine' | 'baseImage' | 'facts' | 'record'> & { again?: (settings: string) => string },
): Promise<Mode> {
  const { settings } = context.environment;
  if (settings.allowAaaaUse === undefined && record !== undefined) {
    const { aaaa, reason } = record.mode;
    context.reporter.report({
      type: 'notice',
      level: 'info',
      text: `DIND_ALLOW_AAAA_USE is not set: the cluster keeps its mode (AAAA use ${aaaa ? 'on' : 'off'}: ${reason})`,
    });
    return record.mode;
  }
  return resolveMode(
    context,
    { engine, baseImage, facts },
    {
      requested: settings.allowAaaaUse ?? 'false',
      asked: settings.allowAaaaUse === undefined ? 'the default' : `DIND_ALLOW_AAAA_USE=${settings.allowAaaaUse}`,
      ...(again === undefined ? {} : { again }),
    },
  );
}

/** Makes `true`, `false` or `auto` into a decision; `asked` says who asked, for the reason, `again` what else to run, with such settings. */
export async function resolveMode(
  context: Context,
  { engine, baseImage, facts }: { engine: Engine; baseImage: string; facts: Pick<HostFacts, 'routes'> },
  {
    requested,
    asked,
    again = (settings) => howTo('up', settings),
  }: { requested: AaaaUse; asked: string; again?: (settings: string) => string },
): Promise<Mode> {
  if (requested === 'false') return { requested, aaaa: false, reason: asked };
  const hasRoute = hasIpv6DefaultRoute(facts);
  if (requested === 'true') {
    if (hasRoute) return { requested, aaaa: true, reason: asked };
    throw new DindError({
      code: 'no-ipv6-egress',
      source: 'user',
      exitCode: 2,
      doing: `checking ${asked}`,
      where: `the engine host of ${engine.endpoint}`,
      observed: 'it has no IPv6 default route, so no IPv6 site can be reached directly',
      hint: `let dind64 decide, which uses NAT64 alone on such a host:\n  ${again('DIND_ALLOW_AAAA_USE=auto')}`,
    });
  }
  if (!hasRoute) return { requested, aaaa: false, reason: 'auto: the engine host has no IPv6 default route' };
  const { checkTargets, timeoutMs } = context.environment.settings;
  if (checkTargets === 'none')
    return {
      requested,
      aaaa: true,
      reason: 'auto: the engine host has an IPv6 default route (not tried, since DIND_CHECK_TARGETS=none)',
    };
  const { ok, reason } = judgeIpv6Egress(
    await probeHostEgress(engine, baseImage, checkTargets ?? defaultCheckTargets, {
      attemptMs: attemptMs(timeoutMs),
      signal: context.signal,
    }),
  );
  return { requested, aaaa: ok, reason: `auto: ${reason}` };
}
