import { CommandError, DindError } from '../../errors.js';
import type { Engine } from '../../engine/types.js';
import { guardProgram } from '../../plan/containers/host.js';
import type { ClusterPlan } from '../../plan/types.js';
import { checkHelperHealth, type HelperHealth } from './helper.js';
import { howTo } from '../../how-to.js';

type GuardPlan = Pick<ClusterPlan, 'host'>;

/** A part of what the cluster needs on the engine host, named for people. */
export interface RuleStatus {
  name: string;
  present: boolean;
}

/**
 * Lets the guard make the engine host at once what its files say; whoever writes the record has put them there. Gives what it had to make. Throws
 * DindError `guard-not-running`, CommandError.
 */
export async function applyGuard(engine: Engine, { host: { container } }: GuardPlan): Promise<string[]> {
  const doing = 'making rules and routing of the engine host as recorded';
  const state = await engine.findContainer(container);
  if (state?.status !== 'running') throw await guardNotRunning(engine, container, doing);
  const argv = ['bash', guardProgram, 'apply'];
  const { exitCode, stdout, stderr } = await engine.exec(container, argv);
  if (exitCode !== 0)
    throw new CommandError({ doing, where: container, argv, status: exitCode, output: `${stderr}\n${stdout}` });
  return stdout.split('\n').filter((line) => line !== '');
}

/** Looks at the guard and, through it, at the engine host; changes nothing. */
export async function readGuard(
  engine: Engine,
  { host }: GuardPlan,
  limits: { limitMs: number; signal?: AbortSignal },
): Promise<{ health: HelperHealth; rules: RuleStatus[] }> {
  const health = await checkHelperHealth(engine, host.container, { ...limits, argv: ['bash', guardProgram, 'health'] });
  // Nobody else looks.
  if (health.status !== 'running') return { health, rules: [{ name: `guard ${host.container}`, present: false }] };
  const parts = {
    table: host.table,
    rules: 'policy routing',
    gateway: `gateway ${host.gateway}`,
  };
  const rules = Object.entries(parts).map(([fact, name]) => ({ name, present: health.facts[fact] === 'present' }));
  return { health, rules };
}

async function guardNotRunning(engine: Engine, container: string, doing: string): Promise<DindError> {
  const state = await engine.findContainer(container);
  const log = state === undefined ? '' : (await engine.logs(container, 5)).trim();
  return new DindError({
    code: 'guard-not-running',
    source: 'environment',
    doing,
    where: container,
    observed:
      state === undefined
        ? 'there is no such container'
        : `the container is ${state.status}, exit code ${state.exitCode}${log === '' ? '' : `; the end of its log:\n${log}`}`,
    hint: howTo('up'),
  });
}
