import type { Context } from '../cluster/context.js';
import { readAdminKubeconfig } from '../cluster/access.js';

/** The cluster's kubeconfig as YAML text, for programs that want a file of their own. */
export async function kubeconfig(context: Context): Promise<string> {
  return readAdminKubeconfig(await context.connect(), context.environment.settings.clusterName);
}
