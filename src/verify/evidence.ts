import { planEvidence, portsOf, readEvidence } from '../checks/plan-probes.js';
import { attemptMs } from '../checks/connectivity.js';
import type { ConnectionResult } from '../checks/probe-types.js';
import { runProbe } from '../checks/run-probe.js';
import { fromContainer } from '../checks/vantage.js';
import type { Engine } from '../engine/types.js';
import { readHostFacts } from '../host/facts.js';
import { findForeignForwardDrops } from '../host/firewalls.js';
import { readGuard } from '../cluster/helpers/guard.js';
import type { ClusterPlan } from '../plan/types.js';
import type { CheckTarget } from '../settings/types.js';
import type { ExplainContext } from './explain.js';
import { hasDefaultRoute } from './host-findings.js';
import { scaleLimit } from '../wait.js';
import { siteId } from './cells.js';
import type { HostView } from './requests.js';

type Evidence = Pick<ExplainContext, 'nat64' | 'host'>;

export const noEvidence: Evidence = {
  nat64: new Map(),
  host: { noIpv6DefaultRoute: false, noIpv4DefaultRoute: false, missingRules: [], firewalls: [] },
};

/** How long a look at the guard of the host may take. */
const guardMs = 8000;

interface EvidenceRequest {
  engine: Engine;
  plan: ClusterPlan;
  signal: AbortSignal;
}

/** Looked at only where something outside is wrong: the sites from the NAT64 container, the engine host's routes, rules and firewalls. What cannot be asked tells nothing. */
export async function gatherVerifyEvidence(
  { engine, plan, signal }: EvidenceRequest,
  views: readonly HostView[],
  targets: readonly CheckTarget[],
): Promise<Evidence> {
  const sites = views.flatMap(({ records }, index) =>
    records.a[0] === undefined
      ? []
      : [{ index, address: records.a[0], port: portsOf(targets[index] ?? { name: '' })[0] ?? 443 }],
  );
  const quietly = <T>(work: Promise<T>, fallback: T): Promise<T> =>
    work.catch(() => {
      signal.throwIfAborted();
      return fallback;
    });
  const [results, facts, rules] = await Promise.all([
    quietly(
      runProbe(
        fromContainer(engine, plan.nat64.name),
        sites.map(({ index, address, port }) => planEvidence(index, address, port)),
        { attemptMs: attemptMs(plan.timeoutMs), signal },
      ),
      [],
    ),
    quietly(readHostFacts(engine, plan.baseImage, { signal }), undefined),
    plan.attached !== undefined
      ? []
      : quietly(
          readGuard(engine, plan, { limitMs: scaleLimit(guardMs, plan.timeoutMs), signal }).then(({ rules }) => rules),
          [],
        ),
  ]);
  const nat64 = new Map<string, ConnectionResult>();
  for (const { index } of sites) {
    const seen = readEvidence(results, index);
    if (seen === undefined) continue;
    nat64.set(siteId(index), seen);
    // The literal is the first site's address.
    if (!nat64.has('literal')) nat64.set('literal', seen);
  }
  return {
    nat64,
    host: {
      noIpv6DefaultRoute: facts !== undefined && !hasDefaultRoute(facts, 6),
      noIpv4DefaultRoute: facts !== undefined && !hasDefaultRoute(facts, 4),
      missingRules: rules.filter(({ present }) => !present).map(({ name }) => name),
      firewalls: facts === undefined ? [] : findForeignForwardDrops(facts).map(({ text }) => text),
    },
  };
}
