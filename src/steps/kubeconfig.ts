import { mergeKubeconfig } from '../kubeconfig/merge.js';
import { removeFromKubeconfig } from '../kubeconfig/remove.js';
import { readAdminAccess } from '../cluster/access.js';
import type { RemovalContext, RemovalStep, UpStep } from '../cluster/step.js';

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

function kubeconfigFiles({ kubeconfig, paths }: RemovalContext): string[] {
  return kubeconfig === undefined ? paths.kubeconfigs : [kubeconfig];
}
