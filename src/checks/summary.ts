import { DindError } from '../errors.js';
import type { ClusterPlan } from '../plan/types.js';
import type { Path, TargetVerdict, Verdict } from './verdict.js';

const pathNames: Record<Path, string> = { nat64: 'NAT64', direct: 'IPv6' };

/** For the end of `up`: how each target was reached, then warnings. One line each, without a final full stop. */
export function renderCheckSummary(verdict: Verdict): { level: 'info' | 'warning'; text: string }[] {
  return [
    ...renderTable(verdict.targets).map((text) => ({ level: 'info' as const, text })),
    ...verdict.warnings.map((text) => ({ level: 'warning' as const, text })),
  ];
}

/** For the step's line: `github.com by NAT64, kubernetes.io by IPv6`. */
export function describeVerdict(verdict: Verdict): string {
  if (verdict.outcome === 'off')
    return 'cluster DNS, DNS64 and NAT64 answer; egress not verified (DIND_CHECK_TARGETS=none)';
  if (verdict.outcome === 'offline') return 'cluster DNS, DNS64 and NAT64 answer; offline, egress not verified';
  const passed = verdict.targets.filter((target) => target.status === 'passed');
  return passed.map((target) => `${nameOf(target)} by ${pathNames[target.path ?? 'direct']}`).join(', ');
}

/** Throws DindError `egress-failed` with a line for each target, the hop and the remedy, when the check failed. */
export function assertEgress(verdict: Verdict, plan: Pick<ClusterPlan, 'clusterName' | 'mode'>): void {
  if (verdict.outcome !== 'failed') return;
  // A name for which the mode has no path is as expected: it is the reason only where there is no other.
  const target =
    verdict.targets.find((one) => one.hop === 'mode' && one.status !== 'no-path') ??
    verdict.targets.find((one) => one.status === 'broken') ??
    verdict.targets.find((one) => one.status === 'no-path');
  const reasons =
    verdict.brokenParts.length > 0 ? verdict.brokenParts.map((part) => part.explanation) : [explainFirst(target)];
  throw new DindError({
    code: 'egress-failed',
    source: 'environment',
    doing: `checking the connectivity of pods (mode \`${String(plan.mode.aaaa)}\`)`,
    where: `cluster ${plan.clusterName}`,
    observed: [...reasons, ...renderTable(verdict.targets, target?.explanation)].join('\n'),
    hint: verdict.remedy,
  });
}

function explainFirst(target: TargetVerdict | undefined): string {
  return target === undefined
    ? 'the engine host reaches the targets, the cluster does not'
    : `${nameOf(target)}: ${target.explanation}`;
}

/** `said`: an explanation that stands above already; its rows name the hop only. */
function renderTable(targets: readonly TargetVerdict[], said?: string): string[] {
  const rows = targets.map((target) => [
    nameOf(target),
    target.path === undefined ? '-' : pathNames[target.path],
    target.address === undefined
      ? '-'
      : target.port === undefined
        ? target.address
        : `[${target.address}]:${target.port}`,
    describeRow(target, said),
  ]);
  const widths = [0, 1, 2].map((column) => Math.max(0, ...rows.map((row) => (row[column] ?? '').length)));
  return rows.map((row) =>
    row
      .map((cell, column) => (column === 3 ? cell : cell.padEnd(widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}

function describeRow({ status, observed, ms, hop, explanation }: TargetVerdict, said: string | undefined): string {
  if (status === 'passed') return `${observed}${ms === undefined ? '' : ` in ${ms} ms`}`;
  if (hop === undefined) return observed;
  return `${observed} [${hop}${explanation === said ? '' : `: ${explanation}`}]`;
}

function nameOf({ target }: TargetVerdict): string {
  return target.port === undefined ? target.name : `${target.name}:${target.port}`;
}
