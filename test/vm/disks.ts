import { access, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ensureDebianRootfs } from '../../src/engine/embedded/debian.js';
import { withFileLock } from '../../src/engine/embedded/lock.js';
import { runOrThrow } from '../lab/command.js';
import { readLabEnvironment } from '../lab/engine-environment.js';
import { cloneDataRoot } from '../lab/seed-clone.js';
import { ensureSeed } from '../lab/seed.js';
import { disks, machineRecipe } from './recipe.js';

export interface DiskOptions {
  onLine?: (line: string) => void;
  signal?: AbortSignal;
}

const gibibyte = 1024 ** 3;

/** What the machine boots from: a disk, and kernel and initrd out of the same tree. Cached by content; never written by a run. */
export async function ensureRootDisk(options: DiskOptions): Promise<{ disk: string; kernel: string; initrd: string }> {
  const root = await ensureDebianRootfs(readLabEnvironment().cacheDir, machineRecipe, options);
  const boot = await readdir(join(root, 'boot'));
  const find = (start: string): string => {
    const name = boot.find((candidate) => candidate.startsWith(start));
    if (name === undefined) throw new Error(`no ${start}* in ${root}/boot`);
    return join(root, 'boot', name);
  };
  const disk = await ensureDisk(`root-${root.slice(root.lastIndexOf('-') + 1)}`, options, (target) =>
    makeDisk(target, root, disks.root, 8 * gibibyte),
  );
  return { disk, kernel: find('vmlinuz-'), initrd: find('initrd.img-') };
}

/** A data root of the engine with all images, as a disk: the lab's seed, which an engine of the same version has filled. */
export async function ensureDataDisk(options: DiskOptions): Promise<string> {
  const seed = await ensureSeed('graph', options);
  return ensureDisk(`data-${seed.key}`, options, async (target) => {
    const clone = `${target}.tree`;
    try {
      await seed.use((dataRoot) => cloneDataRoot(dataRoot, clone));
      await makeDisk(target, clone, disks.data, 24 * gibibyte);
    } finally {
      await rm(clone, { recursive: true, force: true });
    }
  });
}

/** A sparse file with an ext4 file system that holds `tree`, owners and attributes included. */
export async function makeDisk(target: string, tree: string, label: string, bytes: number): Promise<void> {
  const file = await open(target, 'w');
  await file.truncate(bytes);
  await file.close();
  // Without lazy initialization: the emulated machine would do it, while tests run.
  await runOrThrow(`making the disk ${label}`, [
    'mkfs.ext4',
    '-q',
    '-F',
    '-L',
    label,
    '-m',
    '0',
    '-E',
    'lazy_itable_init=0,lazy_journal_init=0',
    '-d',
    tree,
    target,
  ]);
}

/** `<cache>/lab/vm/<name>.img`, made once; others of its kind are outdated then and removed (a machine that runs keeps its own open). */
async function ensureDisk(
  name: string,
  options: DiskOptions,
  make: (target: string) => Promise<void>,
): Promise<string> {
  const folder = join(readLabEnvironment().cacheDir, 'lab', 'vm');
  const path = join(folder, `${name}.img`);
  await mkdir(dirname(path), { recursive: true });
  const kind = name.slice(0, name.indexOf('-'));
  return withFileLock(
    join(folder, `${kind}.lock`),
    async () => {
      if (
        await access(path).then(
          () => true,
          () => false,
        )
      )
        return path;
      options.onLine?.(`making the disk ${name}`);
      const scratch = join(folder, `${kind}.new`);
      await rm(scratch, { force: true });
      await make(scratch);
      for (const old of await readdir(folder)) if (old.startsWith(`${kind}-`)) await rm(join(folder, old));
      await rename(scratch, path);
      return path;
    },
    options,
  );
}
