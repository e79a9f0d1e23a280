import { checkOf, ok, warning } from '../check.js';
import { howTo } from '../../how-to.js';

export const images = checkOf(
  { id: 'images', title: 'images', looked: 'the images of a cluster on the engine' },
  ['images'],
  ({ images: { present, missing } }) => {
    if (missing.length === 0) return ok(present.join(', '));
    return warning(
      `not there yet: ${missing.join(', ')}; \`up\` pulls or builds them, which can take minutes`,
      howTo('images'),
    );
  },
);

export const kubectl = checkOf(
  { id: 'kubectl', title: 'kubectl', looked: 'kubectl version --client on this machine, against DIND_K8S_VERSION' },
  ['kubectl'],
  ({ kubectl: { version } }, { settings }) => {
    if (version === undefined) return ok(`none on PATH: \`${howTo('kubectl ...')}\` uses the cluster's own`);
    const minor = Number(/^v1\.(\d+)/.exec(version)?.[1] ?? Number.NaN);
    const apart = Math.abs(minor - Number(settings.k8sVersion.split('.')[1]));
    // https://kubernetes.io/releases/version-skew-policy/#kubectl
    return apart > 1
      ? warning(
          `${version}, ${apart} minor versions from Kubernetes ${settings.k8sVersion}; one is supported`,
          `${howTo('kubectl get nodes')}     # uses the cluster's own`,
        )
      : ok(version);
  },
);
