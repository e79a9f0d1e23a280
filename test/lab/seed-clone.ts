import { access, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { execa } from 'execa';

/** Of one engine and one run: made anew by each. */
const ofOneEngine = [
  'network',
  'containers',
  'tmp',
  'runtimes',
  'swarm',
  'engine-id',
  'containerd-mounts',
  'nuke-graph-directory.sh',
];

/** Where files are written once and then only read or unlinked: image layers, content blobs, the volumes of unpacked component images. */
const immutable = ['overlay2', 'containerd', 'volumes'];

/**
 * Clones the data root of an engine that does not run. Layers, blobs and volumes are hard links to the original's files; databases and
 * all other metadata, which engines write in place, are copies. Both on the same file system. `target` is complete or not there.
 */
export async function cloneDataRoot(source: string, target: string): Promise<void> {
  const scratch = `${target}.new`;
  await rm(scratch, { recursive: true, force: true });
  await mkdir(dirname(target), { recursive: true });
  await mkdir(scratch, { mode: 0o710 });
  const names = (await readdir(source)).filter((name) => !ofOneEngine.includes(name));
  await Promise.all(
    names.map((name) => execa('cp', [immutable.includes(name) ? '-al' : '-a', join(source, name), scratch])),
  );
  // bbolt writes its pages in place: the store of content, of snapshots, of volumes. All lie above the trees of files.
  for (const name of immutable) {
    if (await exists(join(scratch, name)))
      await execa('find', [
        join(scratch, name),
        '-maxdepth',
        '5',
        '-name',
        '*.db',
        '-type',
        'f',
        '-exec',
        'cp',
        '-a',
        '{}',
        '{}.own',
        ';',
        '-exec',
        'mv',
        '{}.own',
        '{}',
        ';',
      ]);
  }
  await rename(scratch, target);
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
