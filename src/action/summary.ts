import type { ProgressEvent } from '../results/event.js';
import type { ClusterStatus } from '../results/status.js';
import type { VerifyResult } from '../results/verify.js';
import { renderVerifyText } from '../verify/render-text.js';

/** What a job's page shows of the cluster: what it is, where the seconds went, and what it reaches. */
export function renderSummary(
  status: ClusterStatus,
  events: readonly ProgressEvent[],
  verified: VerifyResult | undefined,
): string {
  const { record, mode, engine, cluster } = status;
  const finished = events.filter((event) => event.type === 'finished');
  return [
    `## dind64: ${cluster}`,
    '',
    '| | |',
    '| --- | --- |',
    `| dind64 | ${record?.dind64 ?? ''} |`,
    `| Docker | ${engine.version} |`,
    `| Kubernetes | ${record?.kubernetesVersion ?? ''} (${code(record?.nodeImage ?? '')}) |`,
    `| AAAA use | ${mode?.aaaa === true ? 'on' : 'off'}: ${escape(mode?.reason ?? '')} |`,
    `| NAT64 | ${record?.addressing.nat64Prefix ?? ''} by ${status.nat64?.engine ?? 'nothing'} |`,
    '',
    ...(finished.length === 0
      ? []
      : [
          '<details><summary>Seconds by step</summary>',
          '',
          '| Step | Seconds | |',
          '| --- | ---: | --- |',
          ...finished.map(
            ({ title, durationMs, text = '' }) =>
              `| ${escape(title)} | ${(durationMs / 1000).toFixed(1)} | ${escape(text)} |`,
          ),
          '',
          '</details>',
          '',
        ]),
    ...(verified === undefined ? [] : ['```', renderVerifyText(verified, false).trimEnd(), '```', '']),
  ]
    .map((line) => `${line}\n`)
    .join('');
}

function code(text: string): string {
  return `\`${text}\``;
}

function escape(text: string): string {
  return text
    .replaceAll('|', '\\|')
    .replaceAll('<', '&lt;')
    .replaceAll(/\s*\n\s*/g, ' ');
}
