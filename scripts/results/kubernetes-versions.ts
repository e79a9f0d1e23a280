import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import type { BuiltVersion } from './built-versions.js';

const scenario = z.strictObject({ passed: z.int(), of: z.int() });
const row = z.strictObject({
  /** All versions without a leading `v`, as images/node/versions.json has them. */
  kubernetes: z.string(),
  etcd: z.string(),
  coredns: z.string(),
  aaaaOn: scenario,
  aaaaOff: scenario,
  /** `2026-11-23`. */
  ranOn: z.iso.date(),
});
const schema = z.strictObject({ comment: z.string(), minors: z.record(z.string(), row) });

/** What `npm run test:matrix` found for one Kubernetes minor. */
export type MatrixRow = z.infer<typeof row>;

/** The file that `npm run test:matrix` writes. */
const matrixFile = 'docs/results/kubernetes-versions.json';

/** Rows by minor (`1.37`); those that have not run are missing. */
export function readMatrix(): Record<string, MatrixRow> {
  return existsSync(matrixFile) ? schema.parse(JSON.parse(readFileSync(matrixFile, 'utf8'))).minors : {};
}

/** Puts one minor's row into the file; the other rows stay. */
export function writeMatrixRow(minor: string, found: MatrixRow): void {
  const minors = Object.fromEntries(
    Object.entries({ ...readMatrix(), [minor]: row.parse(found) }).sort(([one], [other]) => byMinor(other, one)),
  );
  writeFileSync(matrixFile, `${JSON.stringify({ comment: 'Written by `npm run test:matrix`.', minors }, null, 2)}\n`);
}

/** The table of docs/node-images.md, the newest minor first. What ran with other versions than those built today has not run. */
export function renderMatrix(built: Record<string, BuiltVersion>, found: Record<string, MatrixRow>): string {
  const rows = Object.entries(built)
    .sort(([one], [other]) => byMinor(other, one))
    .map(([minor, { version, etcd, coredns }]) => {
      const ran = found[minor];
      const current =
        ran !== undefined && ran.kubernetes === version && ran.etcd === etcd && ran.coredns === coredns
          ? ran
          : undefined;
      const cells =
        current === undefined
          ? ['not run', 'not run', '']
          : [describeScenario(current.aaaaOn), describeScenario(current.aaaaOff), current.ranOn];
      return `| \`${minor}\` | ${[version, etcd, coredns, ...cells].join(' | ')} |`;
    });
  return [
    '| `DIND_K8S_VERSION` | Kubernetes | etcd | CoreDNS | AAAA use on | AAAA use off | Run on |',
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}

function describeScenario({ passed, of }: z.infer<typeof scenario>): string {
  return passed === of ? `passed (${of} tests)` : `**failed**: ${passed} of ${of} tests passed`;
}

function byMinor(one: string, other: string): number {
  return one.localeCompare(other, 'en', { numeric: true });
}
