import { CommandError } from '../../errors.js';
import type { Engine, FileEntry } from '../../engine/types.js';

/** Where a helper's config volume is mounted. */
export const configDirectory = '/etc/dind64';

/**
 * Gives a helper container its changeable files and, when it runs, lets it take them over at once; a stopped one reads them at its
 * start. `command` prints `unchanged` when it had nothing to do. Says whether something changed.
 */
export async function applyLiveFiles(
  engine: Engine,
  container: string,
  files: FileEntry[],
  { command, doing }: { command: string[]; doing: string },
): Promise<boolean> {
  await engine.putFiles(container, configDirectory, files);
  const state = await engine.findContainer(container);
  if (state?.status !== 'running') return false;
  const { exitCode, stdout, stderr } = await engine.exec(container, command);
  if (exitCode !== 0)
    throw new CommandError({
      doing,
      where: container,
      argv: command,
      status: exitCode,
      output: stderr.trim() === '' ? stdout : stderr,
    });
  return stdout.trim() !== 'unchanged';
}
