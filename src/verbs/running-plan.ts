import { labels } from '../labels.js';
import { nameCluster } from '../plan/names.js';
import type { Engine } from '../engine/types.js';
import type { ClusterPlan } from '../plan/types.js';
import type { Context } from '../steps/context.js';
import { readRunningMode } from '../steps/support/dns64.js';
import { surveyHost, type Survey } from '../steps/survey.js';
import { listClusterContainers } from './cluster.js';
import { planFrom, removalContext } from './contexts.js';

/**
 * The plan of the cluster that runs, from what the engine tells of it: its own number of workers, images and mode, and not today's
 * settings, which may be meant for the next `up`.
 */
export async function planRunningCluster(context: Context, engine: Engine): Promise<{ survey: Survey; plan: ClusterPlan }> {
  const { clusterName } = context.environment.settings;
  const containers = await listClusterContainers(engine, clusterName, ['control-plane', 'worker', 'dns64', 'nat64', 'api']);
  const imageOf = (role: string): string => containers.find((container) => container.labels[labels.role] === role)?.image ?? '';
  const base = await removalContext(context, engine).baseImage();
  const mode = (await readRunningMode(engine, nameCluster(clusterName).dns64)) ?? { requested: 'false' as const, aaaa: false, reason: 'the default' };
  const numWorkers = containers.filter((container) => container.labels[labels.role] === 'worker').length;
  const { nodeCidr: _node, podCidr: _pod, serviceCidr: _service, apiPort: _port, ...others } = context.environment.settings;
  const settings = { ...others, numWorkers, nodeCidr: undefined, podCidr: undefined, serviceCidr: undefined, apiPort: undefined };
  const running: Context = { ...context, environment: { ...context.environment, settings } };
  const survey = await surveyHost(running, engine, base);
  const images = { base, dns64: imageOf('dns64'), nat64: imageOf('nat64'), api: imageOf('api'), node: imageOf('control-plane'), nodeVersion: '', componentStore: '' };
  return { survey, plan: planFrom(running.environment, survey, mode, images) };
}
