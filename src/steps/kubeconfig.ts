import { checkKubeconfigs } from '../kubeconfig/check.js';
import { mergeKubeconfig } from '../kubeconfig/merge.js';
import { removeFromKubeconfig } from '../kubeconfig/remove.js';
import { nameCluster } from '../plan/names.js';
import { readAdminAccess } from '../cluster/access.js';
import { findReachableServer } from '../cluster/api-servers.js';
import type { Context } from '../cluster/context.js';
import type { RemovalContext, RemovalStep, UpStep } from '../cluster/step.js';

/** Whether the context can be put into the user's kubeconfig, before anything is made. `context` has the settings of the record. */
export async function refuseKubeconfig({ environment: { settings, paths }, signal }: Context): Promise<void> {
  const { context } = nameCluster(settings.clusterName);
  const files = kubeconfigFiles({ kubeconfig: settings.kubeconfig, paths });
  if (files.length > 0) await checkKubeconfigs({ files, context }, { signal });
}

/** The user's kubeconfig gets the context as soon as kubeadm has made the credentials. */
export const addContext: UpStep = {
  id: 'kubeconfig',
  title: 'kubeconfig',
  after: ['control-plane', 'api'],
  run: async (context) => {
    if (kubeconfigFiles(context).length === 0) return { result: 'skipped', text: 'none is named' };
    const { servers, ...access } = await readAdminAccess(context.engine, context.clusterName);
    // A container that is joined to the node network has no loopback of the engine host's.
    const server = (await findReachableServer(servers, access.caData)) ?? servers.published;
    const { changed, file } = await mergeKubeconfig(
      { ...access, server, files: kubeconfigFiles(context) },
      { signal: context.signal },
    );
    return { result: changed ? 'done' : 'unchanged', text: `context ${access.context} in ${file}` };
  },
};

export const removeContext: RemovalStep = {
  id: 'kubeconfig',
  title: 'context removed from kubeconfig',
  after: [],
  run: async (context) => {
    const { removed } = await removeFromKubeconfig(
      { files: kubeconfigFiles(context), context: context.names.context },
      { signal: context.signal },
    );
    return { result: removed ? 'done' : 'unchanged' };
  },
};

/** None: a program that uses the library named none, and no file of the user's is touched. */
function kubeconfigFiles({ kubeconfig, paths }: Pick<RemovalContext, 'kubeconfig' | 'paths'>): string[] {
  return kubeconfig === undefined ? paths.kubeconfigs : [kubeconfig];
}
