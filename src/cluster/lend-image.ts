import { qualifyImageName } from '../engine/image-reference.js';
import type { Engine } from '../engine/types.js';
import { execInNode } from './node.js';

export interface ImageLoan {
  node: string;
  /** As the engine names it. */
  image: string;
  signal: AbortSignal;
  observe?: (text: string) => void;
}

/**
 * Puts an image of the engine's on a node of another tool's that does not have it, for a pod of a few seconds. Gives what takes it away again, which never
 * throws: an image that stays does no harm.
 */
export async function lendImage(engine: Engine, loan: ImageLoan): Promise<() => Promise<void>> {
  const { node, image: reference, signal, observe } = loan;
  const image = qualifyImageName(reference);
  const ctr = ['ctr', '--namespace=k8s.io', 'images'];
  const doing = `looking for ${reference} on a node`;
  const has = await execInNode(engine, node, [...ctr, 'ls', '--quiet', `name==${image}`], { doing, signal });
  if (has.trim() !== '') return () => Promise.resolve();
  observe?.(`${reference} to ${node}`);
  await execInNode(engine, node, [...ctr, 'import', '--all-platforms', '-'], {
    doing: `importing ${reference}`,
    stdin: await engine.saveImages([reference]),
    signal,
  });
  // containerd's CRI plugin has given it a name by its digest, too, which goes unless somebody else's image is the same one.
  const script = `digest=$(${ctr.join(' ')} ls "name==${image}" | awk 'NR == 2 { print $3 }')
${ctr.join(' ')} rm "${image}"
names=$(${ctr.join(' ')} ls | awk -v digest="$digest" '$3 == digest { print $1 }')
echo "$names" | grep --quiet --invert-match '^sha256:' || ${ctr.join(' ')} rm $names`;
  return async () => {
    await engine.exec(node, ['bash', '-c', script]).catch(() => undefined);
  };
}
