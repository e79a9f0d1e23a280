import { readFile } from 'node:fs/promises';
import { DindError } from '../errors.js';
import { waitForContainerd } from './control-plane.js';
import { controlPlaneOf } from '../plan/nodes.js';
import { kubectlInNode, waitForApi } from '../cluster/kubectl.js';
import type { UpStep } from '../cluster/step.js';

/** The user's manifest; the default ptp configuration is in the nodes before they start. */
export const installCni: UpStep = {
  id: 'cni',
  title: 'CNI',
  after: ['nodes'],
  run: async (context) => {
    const { engine, plan, signal } = context;
    if (plan.cni.kind === 'ptp') return { result: 'unchanged', text: 'ptp' };
    if (plan.cni.kind === 'none') return { result: 'skipped', text: 'DIND_CNI=none' };
    const manifest = await readManifest(plan.cni.source, signal);
    const controlPlane = controlPlaneOf(plan).name;
    await waitForContainerd(engine, controlPlane, plan.timeoutMs, signal);
    await waitForApi(context);
    await kubectlInNode(context, `applying ${plan.cni.source}`, ['apply', '--server-side', '-f', '-'], {
      stdin: manifest,
    });
    return { result: 'done', text: plan.cni.source };
  },
};

/** Read where dind64 runs: the nodes may have no way there yet. */
async function readManifest(source: string, signal: AbortSignal): Promise<string> {
  const failed = (cause: unknown, observed: string): DindError =>
    new DindError({
      code: 'cni-manifest',
      source: 'user',
      doing: 'reading the CNI manifest',
      where: source,
      observed,
      hint: 'DIND_CNI takes ptp, none, or the path or URL of a manifest',
      cause,
    });
  if (!/^https?:/.test(source))
    return readFile(source, 'utf8').catch((cause: unknown) => {
      throw failed(cause, String(cause));
    });
  const response = await fetch(source, { signal }).catch((cause: unknown) => {
    throw failed(cause, String(cause));
  });
  if (!response.ok) throw failed(undefined, `HTTP ${response.status}`);
  return response.text();
}
