import type { Engine } from '../../engine/types.js';
import { runKubectl } from '../../cluster/kubectl.js';
import type { Source } from '../source.js';

/** What the API says. Of namespaces that are not Kubernetes's own only names and states; nowhere a Secret. */
const questions: Readonly<Record<string, { about: string; argv: readonly string[] }>> = {
  'ready.txt': { about: 'what the API says of itself', argv: ['get', '--raw', '/readyz?verbose'] },
  'events.txt': {
    about: 'events of all namespaces, oldest first',
    argv: ['get', 'events', '-A', '-o', 'wide', '--sort-by=.metadata.creationTimestamp'],
  },
  'nodes.yaml': { about: 'nodes', argv: ['get', 'nodes', '-o', 'yaml'] },
  'pods.txt': { about: 'pods of all namespaces', argv: ['get', 'pods', '-A', '-o', 'wide'] },
  'pods-kube-system.yaml': {
    about: 'pods of kube-system in full',
    argv: ['get', 'pods', '-n', 'kube-system', '-o', 'yaml'],
  },
  'objects.txt': {
    about: 'workloads, services, endpoints and volumes',
    argv: [
      'get',
      'deployments,daemonsets,statefulsets,services,endpointslices,persistentvolumes,certificatesigningrequests',
      '-A',
      '-o',
      'wide',
    ],
  },
  'coredns.yaml': {
    about: 'configuration of cluster DNS',
    argv: ['get', 'configmap', 'coredns', '-n', 'kube-system', '-o', 'yaml'],
  },
};

export function listClusterSources(engine: Engine, controlPlane: string): Source[] {
  return Object.entries(questions).map(([file, { about, argv }]): Source => ({
    path: `cluster/${file}`,
    about,
    read: async (signal) => {
      const { exitCode, stdout, stderr } = await runKubectl(engine, controlPlane, argv, {
        signal,
        limitMs: 0,
        requestMs: 5000,
      });
      if (exitCode !== 0)
        throw new Error(stderr.trim().split('\n').at(-1) ?? `kubectl ended with exit code ${exitCode}`);
      return stdout;
    },
  }));
}
