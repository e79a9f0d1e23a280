import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { ensureDebianRootfs, type DebianRecipe } from '../src/engine/embedded/debian.js';

const recipe: DebianRecipe = {
  name: 'bpf',
  suite: 'trixie',
  packages: ['clang', 'llvm', 'libbpf-dev', 'linux-libc-dev'],
  output: 'directory',
};

export const bpfFiles = {
  source: fileURLToPath(new URL('../images/nat64/bpf/nat64.bpf.c', import.meta.url)),
  /** In the tree, so that nobody needs a compiler. The same for every little-endian machine. */
  object: fileURLToPath(new URL('../images/nat64/files/usr/local/lib/dind64/nat64.bpf.o', import.meta.url)),
  /** Which source and compiler the object in the tree is of. */
  record: fileURLToPath(new URL('../images/nat64/bpf/built.json', import.meta.url)),
} as const;

export interface BpfRecord {
  source: string;
  object: string;
  compiler: string;
}

/** Compiles NAT64's eBPF program by Debian's clang in a private root file system (needs root); the same source gives the same bytes. */
export async function buildBpfObject(
  cacheDir: string,
  onLine?: (line: string) => void,
): Promise<{ object: Buffer; compiler: string }> {
  const root = await ensureDebianRootfs(cacheDir, recipe, onLine === undefined ? {} : { onLine });
  const directory = await mkdtemp(join(root, 'tmp', 'bpf-'));
  try {
    const name = basename(bpfFiles.source);
    await writeFile(join(directory, name), await readFile(bpfFiles.source));
    // BTF is kept and DWARF is not, which would name the folder. v2: the instruction set of every kernel that is supported.
    const script = `cd "$1" && clang -O2 -g -Wall -Wextra -Werror -target bpfel -mcpu=v2 -I"/usr/include/$(uname -m)-linux-gnu" -fdebug-compilation-dir=. -c ${name} -o object && llvm-strip -g object && clang --version | head -n 1`;
    const { stdout } = await execa('chroot', [root, 'sh', '-c', script, 'build', join('/tmp', basename(directory))]);
    return { object: await readFile(join(directory, 'object')), compiler: stdout.trim() };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

export function recordOf(source: Buffer, object: Buffer, compiler: string): BpfRecord {
  const hash = (data: Buffer): string => createHash('sha256').update(data).digest('hex');
  return { source: hash(source), object: hash(object), compiler };
}
