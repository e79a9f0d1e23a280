import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runOrThrow } from '../lab/command.js';
import { makeDisk } from './disks.js';
import { disks } from './recipe.js';

const project = fileURLToPath(new URL('../..', import.meta.url));

/**
 * The packed project with the dependencies it runs on, as a disk: what `npm install --global` of the package gives. Nothing is downloaded
 * or compiled in the machine.
 */
export async function makeProjectDisk(target: string): Promise<void> {
  const scratch = await mkdtemp(join(tmpdir(), 'dind64-vm-project-'));
  try {
    await runOrThrow('packing the project', ['npm', 'pack', '--silent', '--pack-destination', scratch], {
      cwd: project,
    });
    const tree = join(scratch, 'tree');
    await mkdir(tree);
    await runOrThrow('unpacking the project', [
      'sh',
      '-c',
      'tar -xzf "$1"/*.tgz -C "$1/tree" --strip-components=1 --no-same-owner',
      'sh',
      scratch,
    ]);
    // Nested ones come with the package that holds them.
    const listed = await runOrThrow('listing the dependencies', ['npm', 'ls', '--omit=dev', '--all', '--parseable'], {
      cwd: project,
    });
    const packages = listed
      .trim()
      .split('\n')
      .map((path) => relative(project, path))
      .filter((path) => path.lastIndexOf('node_modules/') === 0);
    for (const path of packages) {
      await mkdir(dirname(join(tree, path)), { recursive: true });
      await cp(join(project, path), join(tree, path), { recursive: true });
    }
    await makeDisk(target, tree, disks.project, 512 * 1024 ** 2);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
