import { listCredentials } from '../engine/registry-credentials.js';
import type { Engine } from '../engine/types.js';
import { renderRegistryAuth } from '../render/registry-auth.js';
import type { EngineEnvironment, Settings } from '../settings/types.js';
import type { Context } from './context.js';
import { execInNode } from './node.js';

/** Where a kubelet looks for the credentials of its pulls first (pkg/credentialprovider, SetPreferredDockercfgPath): in its own folder. */
const kubeletAuth = 'var/lib/kubelet/config.json';

/** The text of every node's file; `undefined`: DIND_REGISTRY_AUTH does not ask for one. It holds passwords: it goes into no plan, no record and no log. Throws `docker-config-unreadable`. */
export async function readRegistryAuth(
  { registryAuth }: Pick<Settings, 'registryAuth'>,
  { dockerConfig }: Pick<EngineEnvironment, 'dockerConfig'>,
  reporter: Context['reporter'],
): Promise<string | undefined> {
  if (registryAuth !== 'docker') return undefined;
  const notice = (text: string): void => reporter.report({ type: 'notice', level: 'warning', text });
  const { auth, left } = renderRegistryAuth(await listCredentials(dockerConfig, notice));
  for (const registry of left)
    notice(`${registry}: an identity token, which kubelets cannot use: nodes pull from there as anybody`);
  return auth;
}

/** Gives a node's kubelet these credentials, or takes those of before away. A kubelet reads them anew within five minutes. Says whether something changed. */
export async function applyRegistryAuth(engine: Engine, node: string, auth: string | undefined): Promise<boolean> {
  const current = await engine.readFile(node, `/${kubeletAuth}`);
  if (current?.toString() === auth) return false;
  if (auth === undefined)
    await execInNode(engine, node, ['rm', `/${kubeletAuth}`], { doing: 'taking registry credentials from a node' });
  else await engine.putFiles(node, '/', [{ path: kubeletAuth, content: auth, mode: 0o600 }]);
  return true;
}
