import type { Engine } from '../engine/types.js';
import { execInNode } from './node.js';

export interface ImageLoan {
  node: string;
  /** As pods name it: `docker.io/dind64/base:tag`. */
  image: string;
  /** As the engine does. */
  reference: string;
  signal: AbortSignal;
  observe?: (text: string) => void;
}

/**
 * Puts an image of the engine's on a node of another tool's that does not have it, for a pod of a few seconds. Gives what takes it away again, which never
 * throws: an image that stays does no harm.
 */
export async function lendImage(engine: Engine, loan: ImageLoan): Promise<() => Promise<void>> {
  const { node, image, reference, signal, observe } = loan;
  const ctr = ['ctr', '--namespace=k8s.io', 'images'];
  const doing = `looking for ${reference} on a node`;
  const has = await execInNode(engine, node, [...ctr, 'ls', '--quiet', `name==${image}`], { doing, signal });
  if (has.trim() !== '') return () => Promise.resolve();
  observe?.(`${reference} to ${node}`);
  await execInNode(engine, node, [...ctr, 'import', '--all-platforms', '--digests', '-'], {
    doing: `importing ${reference}`,
    stdin: await engine.saveImages([reference]),
    signal,
  });
  // Its name, and what containerd calls it by its digest.
  const names = `${ctr.join(' ')} ls --quiet | grep --fixed-strings "${image.replace(/:[^/]*$/, '')}"`;
  const script = `${names} | xargs --no-run-if-empty ${ctr.join(' ')} rm`;
  return async () => {
    await engine.exec(node, ['bash', '-c', script]).catch(() => undefined);
  };
}
