import { parseAllDocuments, stringify } from 'yaml';
import { DindError } from '../errors.js';
import { renderCorefile } from './corefile.js';
import { scaleLimit } from '../wait.js';
import type { ClusterPlan } from '../plan/types.js';

/**
 * kubeadm's own CoreDNS manifests (`kubeadm init phase addon coredns --print-manifest`) with our Corefile, and a readiness probe that
 * looks every second and not every ten (less often on machines that are known to be slow): a cluster is Ready when CoreDNS is.
 */
export function renderCorednsManifest(printed: string, plan: Pick<ClusterPlan, 'dns64' | 'timeoutMs'>): string {
  // kubeadm tells of its phases on stdout too (`[patches] Reading patches from ...`), and then writes `---apiVersion: ...`.
  const manifests = printed.replaceAll(/^\[.*\n/gm, '').replaceAll(/^---(?=\S)/gm, '---\n');
  const documents = parseAllDocuments(manifests)
    .map((document) => document.toJS() as Manifest | null)
    .filter((manifest) => manifest !== null);
  const configMap = documents.find((manifest) => manifest.kind === 'ConfigMap');
  const container = documents.find((manifest) => manifest.kind === 'Deployment')?.spec?.template?.spec?.containers?.[0];
  if (configMap?.data === undefined || container === undefined) {
    throw new DindError({
      code: 'coredns-manifest',
      source: 'bug',
      doing: 'rendering the CoreDNS manifests',
      observed: 'kubeadm printed no ConfigMap or no Deployment',
    });
  }
  configMap.data['Corefile'] = renderCorefile(plan);
  container.readinessProbe = {
    ...container.readinessProbe,
    periodSeconds: Math.min(10, scaleLimit(1, plan.timeoutMs)),
  };
  return documents.map((manifest) => stringify(manifest, { lineWidth: 0 })).join('---\n');
}

interface Manifest {
  kind?: string;
  data?: Record<string, string>;
  spec?: { template?: { spec?: { containers?: { readinessProbe?: Record<string, unknown> }[] } } };
}
