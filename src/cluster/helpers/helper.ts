import type { Engine, FileEntry } from '../../engine/types.js';
import { CommandError, WaitError } from '../../errors.js';
import type { ClusterPlan } from '../../plan/types.js';
import { waitUntil } from '../../wait.js';

export interface HelperWait {
  limitMs: number;
  signal?: AbortSignal | undefined;
  onSeen?: ((seen: string) => void) | undefined;
}

export interface ReadyRequest extends HelperWait {
  /** Container with /usr/local/bin/dind64-ready. */
  container: string;
  /** Completes `waiting until ...`. */
  condition: string;
}

/**
 * Waits until a helper container serves: its own script looks from inside, so nothing has to reach it from here. A container that
 * keeps ending is seen as well, with the end of its log. Throws WaitError.
 */
export async function waitForHelper(engine: Engine, request: ReadyRequest): Promise<void> {
  const { container, condition, limitMs, signal, onSeen } = request;
  try {
    await waitUntil({ condition, limitMs, intervalMs: 100, signal, where: container, onSeen }, async (ended) =>
      look(engine, container, ended),
    );
  } catch (error) {
    if (!(error instanceof WaitError)) throw error;
    const log = await engine.logs(container, 5).catch(() => '');
    throw log.trim() === ''
      ? error
      : new WaitError({
          condition,
          where: container,
          limitMs,
          lastObserved: error.observed,
          hint: `the end of its log:\n${log.trim()}`,
        });
  }
}

async function look(
  engine: Engine,
  container: string,
  signal: AbortSignal,
): Promise<{ done: undefined } | { seen: string }> {
  const state = await engine.findContainer(container);
  if (state?.status !== 'running')
    return {
      seen:
        state === undefined
          ? 'there is no such container'
          : `the container is ${state.status}, exit code ${state.exitCode}`,
    };
  // Two seconds in the container: then its state is looked at again.
  const { exitCode, stdout, stderr } = await engine.exec(container, ['dind64-ready', '2'], { signal });
  return exitCode === 0 ? { done: undefined } : { seen: (stdout + stderr).trim() };
}

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

/** Where a helper's config volume is mounted. */
export const configDirectory = '/etc/dind64';

/**
 * Gives a helper container its changeable files and, when it runs, lets it take them over at once; a stopped one reads them at its
 * start. `command` prints `unchanged` when it had nothing to do. Says whether something changed.
 */
export async function applyLiveFiles(
  engine: Engine,
  container: string,
  files: FileEntry[],
  { command, doing }: { command: string[]; doing: string },
): Promise<boolean> {
  await engine.putFiles(container, configDirectory, files);
  const state = await engine.findContainer(container);
  if (state?.status !== 'running') return false;
  const { exitCode, stdout, stderr } = await engine.exec(container, command);
  if (exitCode !== 0)
    throw new CommandError({
      doing,
      where: container,
      argv: command,
      status: exitCode,
      output: stderr.trim() === '' ? stdout : stderr,
    });
  return stdout.trim() !== 'unchanged';
}

/** The forwarder takes connections once this returns; whether an API server is behind it is another question. Throws WaitError. */
export async function waitForApiForwarder(
  engine: Engine,
  plan: Pick<ClusterPlan, 'api'>,
  wait: HelperWait,
): Promise<void> {
  await waitForHelper(engine, {
    container: plan.api.name,
    condition: 'the API forwarder listens',
    ...wait,
  });
}
