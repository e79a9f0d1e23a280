import type { TraceAnswer } from '../results/trace.js';

type Answer = Pick<TraceAnswer, 'status' | 'chain' | 'addresses'> & Partial<Pick<TraceAnswer, 'ttl' | 'ms'>>;

/** What `kdig` printed (its default, dig's form) of one question. */
export function readKdig(output: string, type: 'A' | 'AAAA'): Answer {
  const status = /status: ([A-Z]+)/.exec(output)?.[1];
  const records = output.split('\n').flatMap((line) => {
    const [, ttl, kind, value] = /^\S+\s+(\d+)\s+IN\s+(A|AAAA|CNAME)\s+(\S+)$/.exec(line.trim()) ?? [];
    return kind === undefined || value === undefined ? [] : [{ ttl: Number(ttl), kind, value }];
  });
  const own = records.filter(({ kind }) => kind === type);
  const ms = /in (\d+(?:\.\d+)?) ms/.exec(output)?.[1];
  return {
    status: status ?? describeFailure(output),
    chain: records.filter(({ kind }) => kind === 'CNAME').map(({ value }) => value.replace(/\.$/, '')),
    addresses: own.map(({ value }) => value),
    ttl: own.length === 0 ? undefined : Math.min(...own.map(({ ttl }) => ttl)),
    ms: ms === undefined ? undefined : Number(ms),
  };
}

function describeFailure(output: string): string {
  if (/refused/i.test(output)) return 'connection refused';
  if (/unreachable|no route/i.test(output)) return 'no route';
  if (/permission denied|prohibited/i.test(output)) return 'administratively prohibited';
  return 'no answer';
}
