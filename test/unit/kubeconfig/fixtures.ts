import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KubeconfigEntry } from '../../../src/kubeconfig/entry.js';

export const entry: KubeconfigEntry = {
  context: 'dind64-kubeadm-dind',
  server: 'https://127.0.0.1:40443',
  caData: Buffer.from('ca').toString('base64'),
  clientCertData: Buffer.from('certificate').toString('base64'),
  clientKeyData: Buffer.from('key').toString('base64'),
};

/** As `kubectl config set-...` writes it. */
export const kubectlMade = `apiVersion: v1
clusters:
- cluster:
    server: https://prod.example:6443
  name: prod
contexts:
- context:
    cluster: prod
    namespace: shop
    user: alice
  name: prod
current-context: prod
kind: Config
users:
- name: alice
  user:
    token: abc
`;

/** As people write it: comments, quotes, unknown fields, indented lists. */
export const handMade = `# my clusters, do not lose
apiVersion: v1
kind: Config
preferences:
  colors: true
clusters:
  # the real one
  - name: prod
    cluster:
      server: "https://prod.example:6443" # VPN only
      x-team: 'shop'
contexts:
  - name: prod
    context: {cluster: prod, user: alice}
users:
  - name: alice
    user:
      exec:
        apiVersion: client.authentication.k8s.io/v1
        command: login
        args: ["--until", "0123", 'no']
        interactiveMode: IfAvailable
        env: null
current-context: "prod"
`;

export interface Folder extends AsyncDisposable {
  path: (name: string) => string;
  read: (name: string) => Promise<string>;
  write: (name: string, text: string) => Promise<string>;
}

export async function makeFolder(): Promise<Folder> {
  const root = await mkdtemp(join(tmpdir(), 'dind64-kubeconfig-'));
  const path = (name: string): string => join(root, name);
  return {
    path,
    read: (name) => readFile(path(name), 'utf8'),
    write: async (name, text) => {
      await writeFile(path(name), text);
      return path(name);
    },
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  };
}
