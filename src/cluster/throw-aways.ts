import { createStaleness } from '../engine/staleness.js';
import type { ContainerState, Engine } from '../engine/types.js';
import { labels } from '../labels.js';
import { waitUntil } from '../wait.js';
import type { Context } from './context.js';
import { runPhase } from './phase.js';

/**
 * What killed commands have left in short-lived containers, before anything is changed: a script of this cluster's that changes the engine host has all of its
 * input and is waited for; containers that were never started are removed, of whatever cluster, since nothing else would. One question where there is none.
 */
export async function settleThrowAways(
  context: Pick<Context, 'environment' | 'reporter' | 'log' | 'signal'>,
  engine: Engine,
): Promise<void> {
  const { clusterName, timeoutMs } = context.environment.settings;
  const read = async (): Promise<ContainerState[]> => engine.listContainers({ [labels.role]: 'throw-away' });
  const concerns = ({ status, labels: its }: ContainerState): boolean =>
    status !== 'running' || its[labels.cluster] === clusterName;
  const first = (await read()).filter(concerns);
  if (first.length === 0) return;
  const isStale = new Map(first.map(({ id }) => [id, createStaleness()]));
  const request = {
    condition: 'what killed commands have begun has ended',
    limitMs: timeoutMs,
    intervalMs: 50,
    signal: context.signal,
    where: engine.endpoint,
  };
  await runPhase(context, 'throw-aways', 'leftovers of killed commands', async () => ({
    value: await waitUntil(request, async () => {
      const left = (await read()).filter((container) => isStale.has(container.id) && concerns(container));
      await Promise.all(
        left.filter((container) => isStale.get(container.id)?.(container)).map(({ id }) => engine.removeContainer(id)),
      );
      return left.length === 0
        ? { done: undefined }
        : { seen: left.map(({ name, status }) => `${name} is ${status}`).join(', ') };
    }),
  }));
}
