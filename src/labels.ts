/** Labels on every object that dind64 makes. The engine is the only store, so these names are its schema. */
export const labels = {
  /** Cluster name; on everything that belongs to one cluster. */
  cluster: 'dev.dind64.cluster',
  /** What the object is: `control-plane`, `worker`, `dns64`, `nat64`, `api`, `host`, `node-network`, `egress-network`, `node-var`, `helper-config`, `record`, `host-change`, `image-store`, `engine-image`, `throw-away`, `lock`. */
  role: 'dev.dind64.role',
  /** Name of the kind cluster that what bears it is attached to (plan/record.ts, `attached`); on containers of dind64's alone, never on kind's. */
  attached: 'dev.dind64.attached',
  /** Node index within the cluster: its address is node CIDR + index (control plane 2). */
  index: 'dev.dind64.index',
  /** Hash of the specification that an object was made from; a difference means: make it anew. */
  spec: 'dev.dind64.spec',
  /** JSON of one recorded host change, on its volume (host/record.ts). */
  hostChange: 'dev.dind64.host-change',
  /** Content tag of an image that dind64 built. */
  content: 'dev.dind64.content',
  /** Reference of the base image that a node image of dind64 holds for pods. */
  base: 'dev.dind64.base',
  /** JSON of a finished component store, on the empty volume beside it (images/component-store.ts). */
  imageStore: 'dev.dind64.image-store',
} as const;

/** Whether a container is a command's own (its lock, a short-lived one) and none of a cluster's: it ends with that command. */
export function isCommandsOwn(container: { labels: Record<string, string> }): boolean {
  return ['lock', 'throw-away'].includes(container.labels[labels.role] ?? '');
}
