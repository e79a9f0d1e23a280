import { qualifyImageName } from '../engine/image-reference.js';
import type { Engine } from '../engine/types.js';
import { execInNode } from './node.js';

/** Names that a node's containerd knows, each with the digest of the manifest or index behind it. An image is also known by the digest of its configuration, as CRI's id. */
export type NodeImages = ReadonlyMap<string, string>;

export async function readNodeImages(engine: Engine, node: string, signal: AbortSignal): Promise<NodeImages> {
  const argv = ['ctr', '--namespace', 'k8s.io', 'images', 'ls'];
  return parseNodeImages(await execInNode(engine, node, argv, { doing: "listing a node's images", signal }));
}

/** Pure part of readNodeImages. */
export function parseNodeImages(text: string): NodeImages {
  const lines = text.matchAll(/^(\S+)\s+\S+\s+(sha256:\S+)\s/gm);
  return new Map([...lines].map(([, name = '', digest = '']) => [name, digest]));
}

/** Whether a node has an image of the engine's by all of these names. `id`: the engine's, which is the digest of the configuration or, in containerd's store, of what the names stand for. */
export function hasImage(images: NodeImages, { names, id }: { names: readonly string[]; id: string }): boolean {
  return names.every((name) => [id, images.get(id)].includes(images.get(qualifyImageName(name)) ?? ''));
}
