import { randomBytes } from 'node:crypto';
import { lendImage } from '../cluster/lend-image.js';
import { ensureCheckPod, type CheckPodTarget } from '../checks/check-pod.js';
import type { Vantage } from '../checks/run-probe.js';
import type { Engine, ExecResult } from '../engine/types.js';
import { CommandError } from '../errors.js';
import { parseIpv6Address } from '../net/address.js';
import type { IpAddress } from '../net/types.js';
import { controlPlaneOf, shortNodeName } from '../plan/nodes.js';
import type { ClusterPlan } from '../plan/types.js';
import { readScript } from '../shell.js';
import { podPort } from './plan-matrix.js';

/** A pod of `verify` on each node that could have one; `problem` where it could not. */
export interface ProbePod {
  node: string;
  address?: IpAddress;
  vantage?: Vantage;
  problem?: string;
}

export interface ProbePodRequest {
  engine: Engine;
  plan: Pick<ClusterPlan, 'clusterName' | 'attached' | 'nodes' | 'baseImage'>;
  limitMs: number;
  signal: AbortSignal;
  observe?: (text: string) => void;
}

const label = { 'dev.dind64.verify': 'target' };
const servicesPath = '/api/v1/namespaces/default/services';
const serviceName = 'dind64-verify';

/** Pods side by side, each of them a place to look from and a target: it serves HTTP and UDP (shell/probe-server.pl). Throws nothing for a node that has none. */
export async function ensureProbePods(request: ProbePodRequest): Promise<ProbePod[]> {
  const script = readScript('probe-server.pl');
  // Names of this run's own: those of the one before may still be on their way out.
  const run = randomBytes(3).toString('hex');
  return Promise.all(
    request.plan.nodes.map(async ({ name }): Promise<ProbePod> => {
      try {
        const pod = await ensureCheckPod(
          { ...podTarget(request, name, run), command: ['perl', '-e', script, String(podPort)], labels: label },
          { observe: request.observe },
        );
        return { node: name, address: parseIpv6Address(pod.address), vantage: pod };
      } catch (error) {
        request.signal.throwIfAborted();
        return {
          node: name,
          problem: `no pod runs there: ${error instanceof Error ? (error.message.split('\n').slice(-1)[0] ?? '') : String(error)}`,
        };
      }
    }),
  );
}

/** Puts the pods' image on nodes of another tool's, which do not have it; gives what takes it away again. A node without it has no pod, which the answer says. */
export async function lendProbeImage({
  engine,
  plan,
  signal,
  observe,
}: ProbePodRequest): Promise<(() => Promise<void>)[]> {
  const loan = { image: plan.baseImage, signal, observe };
  const loans = plan.nodes.map(({ name }) => lendImage(engine, { node: name, ...loan }));
  return (await Promise.allSettled(loans)).flatMap((made) => (made.status === 'fulfilled' ? [made.value] : []));
}

/** The service over the pods; its cluster address. Throws CommandError. */
export async function ensureProbeService({ engine, plan, signal }: ProbePodRequest): Promise<IpAddress> {
  const ports = (['TCP', 'UDP'] as const).map((protocol) => ({
    name: protocol.toLowerCase(),
    protocol,
    port: podPort,
  }));
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: serviceName, labels: { 'app.kubernetes.io/managed-by': 'dind64' } },
    // In a dual-stack cluster, whose default is its first family: both.
    spec: { selector: label, ports, ipFamilyPolicy: 'PreferDualStack' },
  };
  const kubectl = (argv: string[], stdin?: string): Promise<ExecResult> =>
    engine.exec(controlPlaneOf(plan).name, ['kubectl', '--kubeconfig=/etc/kubernetes/admin.conf', ...argv], {
      signal,
      stdin,
    });
  const argv = ['create', '--raw', servicesPath, '-f', '-'];
  let result = await kubectl(argv, JSON.stringify(service));
  if (/already ?exists/i.test(result.stderr))
    result = await kubectl(['get', '--raw', `${servicesPath}/${serviceName}`]);
  if (result.exitCode !== 0)
    throw new CommandError({
      doing: 'making the service of the connectivity matrix',
      where: controlPlaneOf(plan).name,
      argv: ['kubectl', ...argv],
      status: result.exitCode,
      output: result.stderr,
    });
  const { spec } = JSON.parse(result.stdout) as { spec: { clusterIPs: string[] } };
  return parseIpv6Address(spec.clusterIPs.find((address) => address.includes(':')) ?? '');
}

/** Removes the service and the pods without waiting for their end; what is absent, or cannot be removed, ends by itself. */
export async function removeProbeObjects({ engine, plan, signal }: ProbePodRequest): Promise<void> {
  const remove = (path: string): Promise<ExecResult> =>
    engine.exec(
      controlPlaneOf(plan).name,
      ['kubectl', '--kubeconfig=/etc/kubernetes/admin.conf', 'delete', '--raw', path],
      { signal },
    );
  await Promise.allSettled([
    remove(`${servicesPath}/${serviceName}`),
    remove(
      `/api/v1/namespaces/default/pods?labelSelector=${Object.entries(label)
        .map(([name, value]) => `${encodeURIComponent(name)}%3D${value}`)
        .join(',')}`,
    ),
  ]);
}

function podTarget(
  { engine, plan, limitMs, signal }: ProbePodRequest,
  node: string,
  run: string,
): CheckPodTarget & { name: string } {
  return {
    engine,
    controlPlane: controlPlaneOf(plan).name,
    node,
    image: plan.baseImage,
    limitMs,
    signal,
    name: `dind64-verify-${shortNodeName(plan, node)}-${run}`,
  };
}
