import type { Engine } from '../../engine/types.js';

/** What `status` tells of a helper container. */
export interface HelperHealth {
  status: 'running' | 'paused' | 'stopped' | 'missing';
  /** In words for people; none: it does its work. */
  problems: string[];
  /** Counters, legs and the like, named by the container's own script: `packets-refused-10.0.0.0/8`, `queries`, `egress`. */
  facts: Record<string, string>;
}

/** Looks at a helper container from inside (by its dind64-health script, or `argv`), without changing anything. A look that takes longer than `limitMs` is a problem itself. */
export async function checkHelperHealth(
  engine: Engine,
  container: string,
  { limitMs, signal, argv = ['dind64-health'] }: { limitMs: number; signal?: AbortSignal; argv?: string[] },
): Promise<HelperHealth> {
  const state = await engine.findContainer(container);
  if (state === undefined) return { status: 'missing', problems: ['there is no such container'], facts: {} };
  if (state.status === 'paused') return { status: 'paused', problems: [], facts: {} };
  if (state.status !== 'running')
    return {
      status: 'stopped',
      problems: [`the container is ${state.status}, exit code ${state.exitCode}`],
      facts: {},
    };
  const limit = AbortSignal.timeout(limitMs);
  try {
    const { stdout } = await engine.exec(container, argv, {
      signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
    });
    return { status: 'running', ...parseHealth(stdout) };
  } catch (error) {
    if (!limit.aborted) throw error;
    return { status: 'running', problems: [`its health script has not ended after ${limitMs / 1000} s`], facts: {} };
  }
}

/** Lines `problem TEXT` and `fact NAME VALUE`. */
export function parseHealth(text: string): Pick<HelperHealth, 'problems' | 'facts'> {
  const lines = text.split('\n').map((line) => line.trim());
  const rest = (word: string): string[] =>
    lines.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1));
  return {
    problems: rest('problem'),
    facts: Object.fromEntries(
      rest('fact').map((fact) => [fact.slice(0, fact.indexOf(' ')), fact.slice(fact.indexOf(' ') + 1)]),
    ),
  };
}
