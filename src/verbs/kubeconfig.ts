import type { Context } from '../cluster/context.js';
import { readAdminAccess, renderAdminKubeconfig } from '../cluster/access.js';

/** The cluster's kubeconfig as YAML text, for programs that want a file of their own. `internal`: with the API's address on the node network. */
export async function kubeconfig(context: Context, { internal = false } = {}): Promise<string> {
  const access = await readAdminAccess(await context.connect(), context.environment.settings.clusterName);
  return renderAdminKubeconfig(access, internal ? access.servers.internal : access.servers.published);
}
