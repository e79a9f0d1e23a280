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

/**
 * Gives a node's kubelet these credentials, or takes those of before away. It is started anew, which its pods do not notice: a kubelet remembers for five minutes what it read,
 * even that there was nothing (pkg/credentialprovider, CachingDockerConfigProvider). Says whether something changed.
 */
export async function applyRegistryAuth(engine: Engine, node: string, auth: string | undefined): Promise<boolean> {
  const current = await engine.readFile(node, `/${kubeletAuth}`);
  if (current?.toString() === auth) return false;
  const run = (argv: string[], doing: string): Promise<string> => execInNode(engine, node, argv, { doing });
  if (auth === undefined) await run(['rm', `/${kubeletAuth}`], 'taking registry credentials from a node');
  else await engine.putFiles(node, '/', [{ path: kubeletAuth, content: auth, mode: 0o600 }]);
  // A node that was just made has none yet.
  const restart = 'if systemctl --quiet is-active kubelet; then systemctl restart kubelet; fi';
  await run(['bash', '-c', restart], 'starting the kubelet anew with other registry credentials');
  return true;
}
