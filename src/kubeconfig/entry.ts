/** What a kubeconfig says of one cluster that dind64 made. The `...Data` are base64, as in kubeadm's admin.conf. */
export interface KubeconfigEntry {
  /** Name of the context, and of its cluster and user: `dind64-<cluster>`. */
  context: string;
  /** `https://127.0.0.1:<port>`, or the API on the node network. */
  server: string;
  caData: string;
  clientCertData: string;
  clientKeyData: string;
}

/** What was there before, kept in the context itself (a kubeconfig extension, as minikube does) so that removal can put it back. */
export interface KubeconfigRecord {
  /** current-context before dind64 set it; absent: none. */
  previousContext?: string | undefined;
  /** dind64 made the file. */
  madeFile?: true | undefined;
  /** The topmost directory that dind64 made for it. */
  madeDirectory?: string | undefined;
}

/** Name of the extension that holds the record. */
export const extensionName = 'dev.dind64';
