import { chmod, rename, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { execInNode } from '../cluster/node.js';
import type { Engine } from '../engine/types.js';
import { DindError } from '../errors.js';
import { makeDirectories } from '../make-directories.js';

/** A node's kubectl, as it says of itself. */
export interface KubectlBinary {
  version: string;
  /** `linux/amd64`. */
  platform: string;
  /** In the node. */
  path: string;
  bytes: number;
}

/** The path of a kubectl that runs here: the node's own, kept as `<cache>/bin/kubectl-v1.37.2-amd64`, else (another architecture) the one on PATH. */
export async function ensureKubectl(engine: Engine, node: string, cache: string): Promise<string> {
  const binary = parseKubectl(
    await execInNode(engine, node, ['sh', '-c', question], { doing: 'looking at the kubectl of a node' }),
  );
  if (binary === undefined) throw noKubectl(node, 'it does not say its version');
  const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
  if (binary.platform !== `linux/${architecture}`) return 'kubectl';
  const path = join(cache, 'bin', `kubectl-${binary.version}-${architecture}`);
  if (!(await isWhole(path, binary.bytes))) await copy(engine, node, binary, path);
  return path;
}

const question =
  'path=$(readlink -f "$(command -v kubectl)") && "$path" version --client -o json && stat -c "%s %n" "$path"';

/** Out of the answer of `kubectl version`, and a line of `stat` with size and path. */
export function parseKubectl(text: string): KubectlBinary | undefined {
  const version = /"gitVersion":\s*"(v[\w.+-]+)"/.exec(text)?.[1];
  const platform = /"platform":\s*"([^"]+)"/.exec(text)?.[1];
  const [, bytes, path] = /^(\d+) (\/.*)$/m.exec(text) ?? [];
  if (version === undefined || platform === undefined || bytes === undefined || path === undefined) return undefined;
  return { version, platform, path, bytes: Number(bytes) };
}

/** Whether a file may be run: of its full size (a disk may have been full, a machine may have lost its power), and written by nobody but this user. */
export async function isWhole(path: string, bytes: number): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return (
    found?.isFile() === true && found.size === bytes && found.uid === process.getuid?.() && (found.mode & 0o22) === 0
  );
}

async function copy(engine: Engine, node: string, { path: source, bytes }: KubectlBinary, path: string): Promise<void> {
  const content = await engine.readFile(node, source);
  if (content?.length !== bytes) throw noKubectl(node, `${source} has ${content?.length ?? 0} bytes, not ${bytes}`);
  makeDirectories(dirname(path));
  const temporary = `${path}.${process.pid}`;
  await writeFile(temporary, content);
  await chmod(temporary, 0o755);
  await rename(temporary, path);
}

function noKubectl(node: string, observed: string): DindError {
  return new DindError({
    code: 'no-kubectl',
    source: 'environment',
    doing: 'copying kubectl out of a node',
    where: node,
    observed,
  });
}
