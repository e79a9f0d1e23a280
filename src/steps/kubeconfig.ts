import { checkKubeconfigs } from '../kubeconfig/check.js';
import { mergeKubeconfig } from '../kubeconfig/merge.js';
import { removeFromKubeconfig } from '../kubeconfig/remove.js';
import { nameCluster } from '../plan/names.js';
import { readAdminAccess } from '../cluster/access.js';
import type { Context } from '../cluster/context.js';
import type { RemovalContext, RemovalStep, UpStep } from '../cluster/step.js';

/** Whether the context can be put into the user's kubeconfig, before anything is made. `context` has the settings of the record. */
export async function refuseKubeconfig({ environment: { settings, paths }, signal }: Context): Promise<void> {
  const { context } = nameCluster(settings.clusterName);
  await checkKubeconfigs({ files: kubeconfigFiles({ kubeconfig: settings.kubeconfig, paths }), context }, { signal });
}

/** The user's kubeconfig gets the context as soon as kubeadm has made the credentials. */
export const addContext: UpStep = {
  id: 'kubeconfig',
  title: 'kubeconfig',
  after: ['control-plane'],
  run: async (context) => {
    const access = await readAdminAccess(context.engine, context.clusterName);
    const { changed, file } = await mergeKubeconfig(
      { ...access, files: kubeconfigFiles(context) },
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

function kubeconfigFiles({ kubeconfig, paths }: Pick<RemovalContext, 'kubeconfig' | 'paths'>): string[] {
  return kubeconfig === undefined ? paths.kubeconfigs : [kubeconfig];
}
