import type { ContainerState } from '../engine/types.js';
import type { ClusterPlan, HostFacts } from '../plan/types.js';
import type { VerifyFinding } from '../results/verify.js';
import type { HostView } from './requests.js';
import { howTo } from '../how-to.js';

/** Containers of the cluster that do not run: what each of them is for says what is broken. Pure. */
export function findDeadContainers(
  plan: Pick<ClusterPlan, 'nodes' | 'dns64' | 'nat64' | 'api'>,
  containers: readonly ContainerState[],
): VerifyFinding[] {
  const tasks: [string, string, string][] = [
    ...plan.nodes.map(({ name }): [string, string, string] => [name, 'node', 'its pods are gone']),
    [plan.dns64.name, 'DNS64', 'no name outside can be resolved'],
    [plan.nat64.name, 'NAT64', 'nothing reaches IPv4'],
    [plan.api.name, 'the API forwarder', 'kubectl on the engine host cannot reach the API'],
  ];
  return tasks.flatMap(([name, task, effect]) => {
    const status = containers.find((container) => container.name === name)?.status ?? 'gone';
    return status === 'running'
      ? []
      : [
          {
            hop: 'container',
            text: `${task} is dead: container ${name} is ${status}; ${effect}`,
            severity: 'wrong' as const,
            cells: 0,
            remedy: status === 'paused' ? howTo('unpause') : howTo('up'),
          },
        ];
  });
}

/** Resolvers of the engine host that answer nothing: names outside cannot be resolved by anybody then. */
export function findDeadResolvers(views: readonly HostView[]): VerifyFinding[] {
  const questions = views.flatMap(({ dns }) => [dns.a, dns.aaaa]);
  const silent = questions.every((dns) => dns === undefined || !['NOERROR', 'NXDOMAIN'].includes(dns.answer));
  if (questions.length === 0 || !silent) return [];
  const servers = [...new Set(questions.flatMap((dns) => (dns === undefined ? [] : [dns.server])))];
  return [
    {
      hop: 'upstream-dns',
      severity: 'warning',
      cells: 0,
      text: `the engine host's own resolvers (${servers.join(', ') || 'none'}) do not answer: no name outside can be resolved, by the cluster or by the host`,
      remedy: `restore the host's name resolution, or name others: ${howTo('up', 'DIND_DNS64_UPSTREAMS=192.0.2.53')}`,
    },
  ];
}

export function hasDefaultRoute({ routes }: Pick<HostFacts, 'routes'>, family: 4 | 6): boolean {
  return routes.some(
    (route) =>
      route.family === family &&
      (route.destination === 'default' || route.destination === '::/0' || route.destination === '0.0.0.0/0') &&
      route.device !== 'lo',
  );
}
