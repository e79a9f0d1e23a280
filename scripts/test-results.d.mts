export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}
export function countResults(reportFile: string, status: number | string): Counts & { failures: string[] };
export function summarize(counts: Counts): string;
