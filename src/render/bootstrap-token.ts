/** A bootstrap token as the Secret that the token controllers read (Kubernetes, Bootstrap Tokens); applied by stdin, never by argv. */
export function renderBootstrapToken(token: string, expiration: Date): string {
  const [id = '', secret = ''] = token.split('.');
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'bootstrap.kubernetes.io/token',
    metadata: { name: `bootstrap-token-${id}`, namespace: 'kube-system' },
    stringData: {
      'token-id': id,
      'token-secret': secret,
      expiration: expiration.toISOString(),
      'usage-bootstrap-authentication': 'true',
      'usage-bootstrap-signing': 'true',
      'auth-extra-groups': 'system:bootstrappers:kubeadm:default-node-token',
      description: 'dind64: workers joining at up',
    },
  });
}
