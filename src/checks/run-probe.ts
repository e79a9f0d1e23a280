import { DindError } from '../errors.js';
import type { ExecOptions, ExecResult } from '../engine/types.js';
import { renderProbeArguments, type ProbeRequest } from '../render/check-probe.js';
import { readScript } from '../shell.js';
import { isLastLine, readProbeLine } from './read-results.js';
import type { ProbeResult } from './probe-types.js';

/** A place to probe from: it runs a script given by stdin. A pod, a node, a helper, the engine host. */
export interface Vantage {
  /** For messages: `pod dind64-check on kubeadm-dind-worker-1`. */
  name: string;
  execute(argv: string[], options: Pick<ExecOptions, 'stdin' | 'signal' | 'onLine'>): Promise<ExecResult>;
}

export interface ProbeOptions {
  /** Limit of one DNS question or connection; two of each at most follow one another. */
  attemptMs: number;
  signal: AbortSignal;
  /** Of the whole; default: five attempts' time and 2 s. */
  limitMs?: number | undefined;
  onResult?: ((result: ProbeResult) => void) | undefined;
}

/**
 * Carries out all requests side by side and returns what was seen, in the order it came. What has not ended within five attempts'
 * time is left out. Throws DindError `probe-failed` when the probe itself cannot run there.
 */
export async function runProbe(
  vantage: Vantage,
  requests: readonly ProbeRequest[],
  options: ProbeOptions,
): Promise<ProbeResult[]> {
  if (requests.length === 0) return [];
  const results: ProbeResult[] = [];
  let complete = false;
  const onLine = (line: string, stream: 'stdout' | 'stderr'): void => {
    if (stream === 'stderr') return;
    complete ||= isLastLine(line);
    const result = readProbeLine(line);
    if (result === undefined) return;
    results.push(result);
    options.onResult?.(result);
  };
  const limit = AbortSignal.timeout(options.limitMs ?? options.attemptMs * 5 + 2000);
  const argv = ['bash', '-s', '--', ...renderProbeArguments(requests, options.attemptMs)];
  try {
    const { exitCode, stderr } = await vantage.execute(argv, {
      stdin: readScript('probe.bash'),
      signal: AbortSignal.any([options.signal, limit]),
      onLine,
    });
    if (!complete)
      throw probeFailed(vantage, `it ended with exit code ${exitCode}: ${stderr.trim().split('\n').at(-1) ?? ''}`);
  } catch (error) {
    options.signal.throwIfAborted();
    // Some results are better than none: the judge sees what is missing.
    if (!limit.aborted || results.length === 0)
      throw error instanceof DindError ? error : probeFailed(vantage, String(error), error);
  }
  return results;
}

function probeFailed(vantage: Vantage, observed: string, cause?: unknown): DindError {
  return new DindError({
    code: 'probe-failed',
    source: 'environment',
    doing: 'probing connectivity',
    where: vantage.name,
    observed,
    cause,
  });
}
