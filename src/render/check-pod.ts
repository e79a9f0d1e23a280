export interface CheckPodRequest {
  name: string;
  node: string;
  image: string;
  lifetimeSeconds: number;
  /** What it runs; absent: it only waits to be looked from. */
  command?: readonly string[] | undefined;
  labels?: Record<string, string> | undefined;
}

/**
 * The pod that probes run in: an ordinary one (own network namespace, cluster DNS, no rights), bound to its node without the
 * scheduler, that ends by itself should nobody remove it. It meets Pod Security's `restricted` level.
 */
export function renderCheckPod({ name, node, image, lifetimeSeconds, command, labels }: CheckPodRequest): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels: { 'app.kubernetes.io/name': name, 'app.kubernetes.io/managed-by': 'dind64', ...labels } },
    spec: {
      nodeName: node,
      restartPolicy: 'Never',
      activeDeadlineSeconds: lifetimeSeconds,
      terminationGracePeriodSeconds: 1,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      tolerations: [{ operator: 'Exists' }],
      securityContext: {
        runAsNonRoot: true,
        runAsUser: 65534,
        runAsGroup: 65534,
        seccompProfile: { type: 'RuntimeDefault' },
      },
      containers: [
        {
          name: 'check',
          image,
          imagePullPolicy: 'Never',
          command: command ?? ['sleep', String(lifetimeSeconds)],
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          },
        },
      ],
    },
  });
}
