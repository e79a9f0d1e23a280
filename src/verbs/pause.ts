import { DindError } from '../errors.js';
import type { Context } from '../cluster/context.js';
import { listClusterContainers, refuseAttached } from '../cluster/access.js';
import { readRecord } from '../cluster/record.js';
import { howTo } from '../how-to.js';

const allRoles = ['control-plane', 'worker', 'dns64', 'nat64', 'api'];

/** Freezes all containers of the cluster, helpers included; `unpause` and `up` go on where it stopped. */
export async function pause(context: Context): Promise<void> {
  await changeAll(context, 'running', 'paused', (engine, name) => engine.pauseContainer(name));
}

export async function unpause(context: Context): Promise<void> {
  await changeAll(context, 'paused', 'running again', (engine, name) => engine.unpauseContainer(name));
}

async function changeAll(
  context: Context,
  from: 'running' | 'paused',
  to: string,
  change: (engine: Awaited<ReturnType<Context['connect']>>, name: string) => Promise<void>,
): Promise<void> {
  const engine = await context.connect();
  const { clusterName } = context.environment.settings;
  refuseAttached(await readRecord(engine, clusterName), 'pausing the cluster');
  const containers = await listClusterContainers(engine, clusterName, allRoles);
  if (containers.length === 0) {
    throw new DindError({
      code: 'no-cluster',
      source: 'user',
      doing: `looking for the containers of ${clusterName}`,
      where: engine.endpoint,
      observed: 'there are none',
      hint: howTo('up'),
    });
  }
  const changing = containers.filter((container) => container.status === from);
  await Promise.all(changing.map((container) => change(engine, container.name)));
  context.reporter.report({
    type: 'notice',
    level: 'info',
    text:
      changing.length === 0
        ? `nothing to do: no container of ${clusterName} is ${from}`
        : `${changing.length} containers ${to}`,
  });
}
