import type { Engine } from '../engine/types.js';
import { labels } from '../labels.js';
import { controlPlaneOf } from '../plan/nodes.js';
import type { ClusterPlan } from '../plan/types.js';
import { findForwardTarget } from '../render/corefile-forward.js';
import { kindClusterOf } from '../plan/attached.js';
import { scaleLimit } from '../wait.js';
import { listKindNodes } from './kind.js';
import { runKubectl } from './kubectl.js';

/** What of an attachment is not as it was made, one line each, for people: a node that was added later or made anew has no way to NAT64, and cluster DNS may forward elsewhere. Changes nothing. */
export async function findLoosened(engine: Engine, plan: ClusterPlan, signal: AbortSignal): Promise<string[]> {
  const nodes = (await listKindNodes(engine, kindClusterOf(plan.clusterName))).filter(
    ({ status }) => status === 'running',
  );
  const ways = await Promise.all(
    nodes.map(async ({ name }) => {
      const { stdout } = await engine.exec(name, ['ip', '-6', 'route', 'show', plan.nat64.prefix], { signal });
      return stdout.includes(`via ${plan.nat64.address} `) ? [] : [`node ${name} has no route to NAT64`];
    }),
  );
  const controlPlane = nodes.find(({ name }) => name === controlPlaneOf(plan).name);
  if (controlPlane?.labels[labels.role] === undefined) return ways.flat();
  const argv = ['--namespace=kube-system', 'get', 'configmap', 'coredns', '--output=jsonpath={.data.Corefile}'];
  const { exitCode, stdout } = await runKubectl(engine, controlPlane.name, argv, {
    limitMs: 0,
    requestMs: scaleLimit(5000, plan.timeoutMs),
    signal,
  });
  if (exitCode !== 0) return [...ways.flat(), 'the API does not say where cluster DNS forwards'];
  const target = findForwardTarget(stdout);
  return [
    ...ways.flat(),
    ...(target === plan.dns64.address
      ? []
      : [`cluster DNS forwards to ${target ?? 'several or none'}, not to DNS64 ${plan.dns64.address}`]),
  ];
}
