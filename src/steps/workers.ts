import { randomBytes } from 'node:crypto';
import { doneMarker, isKubeadmDone, waitForContainerd } from './control-plane.js';
import { controlPlaneOf } from '../plan/nodes.js';
import { kubectlInNode } from '../cluster/kubectl.js';
import { execInNode, runKubeadm } from '../cluster/node.js';
import { renderBootstrapToken } from '../render/bootstrap-token.js';
import { renderDiscoveryFile, renderJoinConfig } from '../render/kubeadm.js';
import type { NodePlan } from '../plan/types.js';
import type { StepContext, UpStep } from '../cluster/step.js';

/** All workers join at once, as soon as kubeadm has finished on the control plane. */
export const joinWorkers: UpStep = {
  id: 'workers',
  title: 'workers join',
  after: ['control-plane'],
  run: async (context, observe) => {
    const { engine, plan } = context;
    const workers = plan.nodes.filter((node) => node.role === 'worker');
    const done = await Promise.all(workers.map((node) => isKubeadmDone(engine, node.name)));
    const joining = workers.filter((_, index) => done[index] !== true);
    const again = await registerAgain(
      context,
      workers.filter((node) => !joining.includes(node)),
    );
    if (joining.length === 0)
      return again.length === 0
        ? { result: 'unchanged' }
        : { result: 'done', text: `registered again: ${again.join(', ')}` };
    const token = await createToken(context);
    const ca = await engine.readFile(controlPlaneOf(plan).name, '/etc/kubernetes/pki/ca.crt');
    let joined = 0;
    await Promise.all(
      joining.map(async (node) => {
        await joinWorker(context, node, token, ca?.toString() ?? '');
        joined += 1;
        observe(`${joined} of ${joining.length} joined`);
      }),
    );
    return { result: 'done', text: String(joining.length) };
  },
};

/**
 * A kubelet makes its Node object when it starts, and never again: one whose object was deleted is started anew. Gives the names of those nodes.
 */
async function registerAgain(context: StepContext, finished: readonly NodePlan[]): Promise<string[]> {
  const { engine, signal } = context;
  if (finished.length === 0) return [];
  const listed = (await kubectlInNode(context, 'listing the nodes', ['get', 'nodes', '-o', 'name'])).split('\n');
  const missing = finished.filter(({ name }) => !listed.includes(`node/${name}`));
  await Promise.all(
    missing.map(({ name }) =>
      execInNode(engine, name, ['systemctl', 'restart', 'kubelet'], { doing: 'starting the kubelet again', signal }),
    ),
  );
  return missing.map(({ name }) => name);
}

async function joinWorker(
  { engine, plan, signal, log }: StepContext,
  node: NodePlan,
  token: string,
  ca: string,
): Promise<void> {
  await waitForContainerd(engine, node.name, plan.timeoutMs, signal);
  await engine.putFiles(node.name, '/dind64', [
    { path: 'kubeadm.yaml', content: renderJoinConfig(plan, node, { token }), mode: 0o600 },
    { path: 'discovery.conf', content: renderDiscoveryFile(plan, ca), mode: 0o600 },
  ]);
  const onLine = (line: string): void => log.debug({ node: node.name }, line);
  await runKubeadm(engine, node.name, ['join', '--config=/dind64/kubeadm.yaml'], {
    doing: 'joining the cluster',
    limitMs: plan.timeoutMs,
    signal,
    onLine,
  });
  await engine.putFiles(node.name, '/', [{ path: doneMarker.slice(1), content: '' }]);
}

/** A token of its own for each `up`, valid for an hour. */
async function createToken(context: StepContext): Promise<string> {
  const letters = Array.from(randomBytes(22), (byte) => (byte % 36).toString(36)).join('');
  const token = `${letters.slice(0, 6)}.${letters.slice(6)}`;
  const stdin = renderBootstrapToken(token, new Date(Date.now() + 3_600_000));
  await kubectlInNode(context, 'making a bootstrap token', ['apply', '--server-side', '-f', '-'], { stdin });
  return token;
}
