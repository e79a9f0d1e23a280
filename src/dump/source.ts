/** One file of a dump: where it comes from is asked only when it is read. */
export interface Source {
  /** In the dump: `nodes/kubeadm-dind-worker-1/kubelet.log`. */
  path: string;
  /** For the index: `journal of the kubelet`. */
  about: string;
  /** Its text, which may hold secrets: they are taken out of all files alike. A throw is noted in the index. */
  read: (signal: AbortSignal) => Promise<string>;
}

export interface CollectedFile {
  path: string;
  about: string;
  content: string;
}
export interface MissingFile {
  path: string;
  about: string;
  reason: string;
}
