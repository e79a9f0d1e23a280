import type { VerifyCell, VerifyFinding, VerifyResult } from '../results/verify.js';

/** From the inside outwards: a fault further in explains those behind it. A node's full disk or stopped kubelet is why the API fails, and not the other way round. */
const order = [
  'container',
  'node',
  'api',
  'cluster-dns',
  'dns64',
  'upstream-dns',
  'nat64',
  'mtu',
  'host-rules',
  'uplink',
  'mode',
  'beyond-host',
];

/**
 * One line for each thing that is wrong, the likely cause first: what was seen of the parts themselves before what follows from cells, and of
 * those the one that explains most. `unable`: places that could not be looked from, which may only be slow. Pure.
 */
export function collectFindings(
  parts: readonly VerifyFinding[],
  cells: readonly VerifyCell[],
  remedies: (hop: string) => string | undefined,
  unable: readonly VerifyFinding[] = [],
): VerifyFinding[] {
  const groups = new Map<string, VerifyFinding>();
  for (const { verdict, hop, explanation } of cells) {
    if (verdict !== 'wrong' || hop === undefined || explanation === undefined) continue;
    const key = `${hop} ${explanation}`;
    const remedy = remedies(hop);
    const group = groups.get(key) ?? {
      hop,
      text: explanation,
      severity: 'wrong' as const,
      cells: 0,
      remedy,
    };
    groups.set(key, { ...group, cells: group.cells + 1 });
  }
  const rank = ({ hop }: VerifyFinding): number => (order.includes(hop) ? order.indexOf(hop) : order.length);
  const bySeverity = (one: VerifyFinding, other: VerifyFinding): number =>
    Number(one.severity === 'warning') - Number(other.severity === 'warning');
  return [
    ...[...parts].sort((one, other) => bySeverity(one, other) || rank(one) - rank(other)),
    ...[...groups.values()].sort((one, other) => other.cells - one.cells || rank(one) - rank(other)),
    ...unable,
  ].sort(bySeverity);
}

export function outcomeOf(findings: readonly VerifyFinding[], cells: readonly VerifyCell[]): VerifyResult['outcome'] {
  return findings.some(({ severity }) => severity === 'wrong') || cells.some(({ verdict }) => verdict === 'wrong')
    ? 'wrong'
    : 'ok';
}
