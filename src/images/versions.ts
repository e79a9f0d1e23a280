import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { DindError } from '../errors.js';
import { imagesDirectory } from './image-files.js';

const kubernetes = z.strictObject({
  version: z.string(),
  go: z.string(),
  etcd: z.string(),
  etcdImage: z.string(),
  coredns: z.string(),
  pause: z.string(),
});
const schema = z.strictObject({
  comment: z.string(),
  common: z.strictObject({ go: z.string(), containerd: z.string(), cniPlugins: z.string() }),
  kubernetes: z.record(z.string(), kubernetes),
});

/** What a node image of one Kubernetes minor is built from; versions without a leading `v`. */
export type NodeVersions = z.infer<typeof schema>['common'] & { kubernetes: z.infer<typeof kubernetes> };

/** Reads images/node/versions.json. Throws `k8s-version-unknown` for a minor (`1.37`) that is not in it. */
export async function readVersions(minor: string): Promise<NodeVersions> {
  const table = schema.parse(JSON.parse(await readFile(join(imagesDirectory, 'node/versions.json'), 'utf8')));
  const found = table.kubernetes[minor];
  if (found !== undefined) return { ...table.common, kubernetes: found };
  throw new DindError({
    code: 'k8s-version-unknown',
    source: 'user',
    doing: `choosing what to build for Kubernetes ${minor}`,
    observed: 'dind64 does not build this version',
    hint: `DIND_K8S_VERSION may be one of ${Object.keys(table.kubernetes).join(', ')}; DIND_NODE_IMAGE names any other image`,
  });
}
