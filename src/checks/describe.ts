import type { DnsResult, Outcome } from './probe-types.js';
import type { TargetReport } from './verdict.js';

const outcomes: Record<Outcome, string> = {
  connected: 'connected',
  refused: 'connection refused',
  reset: 'connection reset',
  'no-route': 'no route',
  prohibited: 'administratively prohibited',
  'timed-out': 'timed out',
  failed: 'failed',
};

export function describeOutcome(outcome: Outcome): string {
  return outcomes[outcome];
}

/** What a question gave, in words. */
export function describeDns(result: DnsResult | undefined): string {
  if (result === undefined) return 'no answer in time';
  if (result.answer === 'NOERROR')
    return result.addresses.length === 0 ? `no ${result.type} record` : result.addresses.join(', ');
  if (result.answer === 'no-answer' || result.answer === 'timed-out') return `${result.server} does not answer`;
  if (result.answer === 'no-server') return 'no resolver in /etc/resolv.conf';
  return /^[A-Z]/.test(result.answer)
    ? `${result.answer} from ${result.server}`
    : `${result.server}: ${outcomes[result.answer as Outcome]}`;
}

/** The one line of what happened with a target: the last connection, or why there was none. */
export function describeSeen(report: TargetReport): string {
  const last = report.ipv6.find((one) => one.outcome === 'connected') ?? report.ipv6.at(-1);
  if (last !== undefined)
    return `${outcomes[last.outcome]}${last.outcome === 'failed' && last.detail !== '' ? ` (${last.detail})` : ''}`;
  if ((report.aaaa?.addresses.length ?? 0) > 0) return 'no result in time';
  return describeDns(report.aaaa);
}
