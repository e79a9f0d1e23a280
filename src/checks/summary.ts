import { DindError } from '../errors.js';
import type { ClusterPlan } from '../plan/types.js';
import type { Path, TargetVerdict, Verdict } from './verdict.js';

const pathNames: Record<Path, string> = { nat64: 'NAT64', direct: 'IPv6' };

/** For the end of `up`: how each target was reached, then warnings. One line each, without a final full stop. */
export function renderCheckSummary(verdict: Verdict): string[] {
  return [...renderTable(verdict.targets), ...verdict.warnings.map((warning) => `warning: ${warning}`)];
}

/** For the step's line: `github.com by NAT64, kubernetes.io by IPv6`. */
export function describeVerdict(verdict: Verdict): string {
  if (verdict.outcome === 'off') return 'cluster DNS, DNS64 and NAT64 answer; egress not verified (DIND_CHECK_TARGETS=none)';
  if (verdict.outcome === 'offline') return 'cluster DNS, DNS64 and NAT64 answer; offline, egress not verified';
  const passed = verdict.targets.filter((target) => target.status === 'passed');
  return passed.map((target) => `${nameOf(target)} by ${pathNames[target.path ?? 'direct']}`).join(', ');
}

/** Throws DindError `egress-failed` with a line for each target, the hop and the remedy, when the check failed. */
export function assertEgress(verdict: Verdict, plan: Pick<ClusterPlan, 'clusterName' | 'mode'>): void {
  if (verdict.outcome !== 'failed') return;
  const first = verdict.brokenParts[0] ?? verdict.targets.find((target) => target.hop === 'mode') ?? verdict.targets.find((target) => target.status === 'broken');
  throw new DindError({
    code: 'egress-failed',
    source: 'environment',
    doing: `checking the connectivity of pods (mode \`${String(plan.mode.aaaa)}\`)`,
    where: `cluster ${plan.clusterName}`,
    observed: [
      first?.explanation ?? 'the engine host reaches the targets, the cluster does not',
      ...verdict.brokenParts.slice(first === verdict.brokenParts[0] ? 1 : 0).map((part) => `also: ${part.explanation}`),
      ...renderTable(verdict.targets),
    ].join('\n'),
    ...(verdict.remedy === undefined ? {} : { hint: verdict.remedy }),
  });
}

function renderTable(targets: readonly TargetVerdict[]): string[] {
  const rows = targets.map((target) => [
    nameOf(target),
    target.path === undefined ? '-' : pathNames[target.path],
    target.address === undefined ? '-' : target.port === undefined ? target.address : `[${target.address}]:${target.port}`,
    describeRow(target),
  ]);
  const widths = [0, 1, 2].map((column) => Math.max(0, ...rows.map((row) => (row[column] ?? '').length)));
  return rows.map((row) => row.map((cell, column) => (column === 3 ? cell : cell.padEnd(widths[column] ?? 0))).join('  ').trimEnd());
}

function describeRow({ status, observed, ms, hop, explanation }: TargetVerdict): string {
  if (status === 'passed') return `${observed}${ms === undefined ? '' : ` in ${ms} ms`}`;
  return `${observed}${hop === undefined ? '' : ` [${hop}: ${explanation}]`}`;
}

function nameOf({ target }: TargetVerdict): string {
  return target.port === undefined ? target.name : `${target.name}:${target.port}`;
}
