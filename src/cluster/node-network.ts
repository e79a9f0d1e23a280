import { CommandError } from '../errors.js';
import type { Engine, FileEntry } from '../engine/types.js';
import type { NodePlan } from '../plan/types.js';

/** Gives a running node its routes, egress rules and resolver anew, if they differ from what it has. */
export async function applyNodeNetwork(
  engine: Engine,
  node: Pick<NodePlan, 'name'>,
  files: FileEntry[],
): Promise<boolean> {
  const current = await Promise.all(files.map((file) => engine.readFile(node.name, `/${file.path}`)));
  if (files.every((file, index) => current[index]?.toString() === file.content.toString())) return false;
  await engine.putFiles(node.name, '/', files);
  const argv = ['/dind64/apply-network'];
  const { exitCode, stdout, stderr } = await engine.exec(node.name, argv);
  if (exitCode !== 0)
    throw new CommandError({
      doing: 'applying the network of a node',
      where: node.name,
      argv,
      status: exitCode,
      output: stderr + stdout,
    });
  return true;
}
