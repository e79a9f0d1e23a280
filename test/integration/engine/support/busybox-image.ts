import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { packFiles } from '../../../../src/engine/archive.js';
import type { ContainerSpec, Engine, FileEntry } from '../../../../src/engine/types.js';
import { readLabEnvironment } from '../../../lab/engine-environment.js';
import { ensureLabRootfs } from '../../../lab/rootfs.js';

export const busyboxTag = 'dind64-test/busybox:1';

/** All that the suites put into the engine carries this label. */
export const testLabels = { 'test.dind64': 'engine' };

/** A container that stays until it is stopped, without a network. */
export const sleeper = {
  image: busyboxTag,
  command: ['sleep', '1000000'],
  labels: testLabels,
  network: 'none',
} satisfies ContainerSpec;

const applets = [
  'sh',
  'cat',
  'echo',
  'sleep',
  'grep',
  'id',
  'ls',
  'ip',
  'env',
  'stat',
  'readlink',
  'mount',
  'touch',
  'head',
  'wc',
  'kill',
  'ps',
  'setsid',
  'hostname',
  'seq',
  'dd',
  'md5sum',
  'sysctl',
  'nc',
];

/** A root filesystem of a static busybox (Debian's, out of the lab's own) and a few folders. */
export async function packBusybox(extra: FileEntry[] = []): Promise<Readable> {
  const binary = await readFile(join(await ensureLabRootfs(readLabEnvironment().cacheDir), 'usr/bin/busybox'));
  const folders = ['bin/', 'etc/', 'tmp/', 'proc/', 'sys/', 'dev/', 'var/'].map((path) => ({ path, content: '' }));
  const links = applets.map((applet) => ({ path: `bin/${applet}`, content: '', link: 'busybox' }));
  const passwd = { path: 'etc/passwd', content: 'root:x:0:0:root:/:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/sh\n' };
  return Readable.from([
    await packFiles(
      [...folders, { path: 'bin/busybox', content: binary, mode: 0o755 }, ...links, passwd, ...extra],
      new Date(0),
    ),
  ]);
}

export async function ensureBusyboxImage(engine: Engine): Promise<void> {
  await engine.importImage(await packBusybox(), busyboxTag, testLabels);
}
