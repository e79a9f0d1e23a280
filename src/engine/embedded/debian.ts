import { createHash } from 'node:crypto';
import { access, mkdtemp, readFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { execa, type Options } from 'execa';
import { DindError } from '../../errors.js';
import { withFileLock } from './lock.js';
import { makeDirectories } from '../../make-directories.js';

/** What makes a Debian root filesystem; its content hash is the key of the cache. */
export interface DebianRecipe {
  /** Start of the cached name: `engine`, `base`. */
  name: string;
  suite: string;
  packages: readonly string[];
  /** Shell lines run after unpacking, outside, with the root's path as `$1` (mmdebstrap's customize-hook). */
  hooks?: readonly string[];
  /** Debian's name of the architecture; default: this machine's. */
  architecture?: string;
  output: 'directory' | 'tar';
}

export interface ProgressOptions {
  onLine?: ((line: string) => void) | undefined;
  signal?: AbortSignal | undefined;
}

/** Where `ensureDebianRootfs` puts it: `<cacheDir>/rootfs/<name>-<12 hex>[.tar]`. */
export function debianRootfsPath(cacheDir: string, recipe: DebianRecipe): string {
  const architecture = recipe.architecture ?? debianArchitecture(process.arch);
  const { name, suite, packages, hooks = [], output } = recipe;
  const hash = createHash('sha256')
    .update(JSON.stringify([suite, packages, hooks, architecture, output]))
    .digest('hex')
    .slice(0, 12);
  return join(cacheDir, 'rootfs', `${name}-${hash}${output === 'tar' ? '.tar' : ''}`);
}

/**
 * Builds a minimal Debian root filesystem with mmdebstrap, once per recipe, and returns its path (a directory or a tar).
 * Safe for several processes at once. Installs mmdebstrap where that is possible (root, apt-get).
 * Throws DindError `rootfs-tool-missing` or `rootfs-failed`.
 */
export async function ensureDebianRootfs(
  cacheDir: string,
  recipe: DebianRecipe,
  options: ProgressOptions = {},
): Promise<string> {
  const path = debianRootfsPath(cacheDir, recipe);
  if (await exists(path)) return path;
  makeDirectories(dirname(path));
  return withFileLock(
    `${path}.lock`,
    async () => {
      if (await exists(path)) return path;
      await ensureMmdebstrap(options);
      const scratch = await mkdtemp(join(dirname(path), '.new-'));
      try {
        const target = join(scratch, recipe.output === 'tar' ? 'root.tar' : 'root');
        await bootstrap(recipe, target, options);
        await rename(target, path);
      } finally {
        await execa('rm', ['-rf', '--one-file-system', scratch], { reject: false });
      }
      return path;
    },
    options,
  );
}

async function bootstrap(recipe: DebianRecipe, target: string, options: ProgressOptions): Promise<void> {
  const result = await runBootstrap(recipe, target, [], options);
  if (result.exitCode === 0) return;
  // A mirror that is frozen on purpose serves release files past their Valid-Until; signatures are still checked.
  if (/Release file .* is expired/.test(result.output)) {
    options.onLine?.("the mirror's release files are past their date: going on with what it has");
    await execa('rm', ['-rf', '--one-file-system', target], { reject: false });
    const again = await runBootstrap(recipe, target, ['--aptopt=Acquire::Check-Valid-Until "false"'], options);
    if (again.exitCode === 0) return;
    throw bootstrapFailed(recipe, target, again.output);
  }
  throw bootstrapFailed(recipe, target, result.output);
}

async function runBootstrap(
  recipe: DebianRecipe,
  target: string,
  extra: string[],
  options: ProgressOptions,
): Promise<{ exitCode: number | undefined; output: string }> {
  const argv = [
    '--variant=minbase',
    ...(recipe.architecture === undefined ? [] : [`--architectures=${recipe.architecture}`]),
    `--include=${recipe.packages.join(',')}`,
    '--aptopt=Acquire::Languages "none"',
    '--dpkgopt=path-exclude=/usr/share/man/*',
    '--dpkgopt=path-exclude=/usr/share/doc/*',
    '--dpkgopt=path-exclude=/usr/share/locale/*',
    ...(recipe.hooks ?? []).map((line) => `--customize-hook=${line}`),
    ...extra,
    recipe.suite,
    target,
  ];
  return runLines('mmdebstrap', argv, options);
}

async function ensureMmdebstrap(options: ProgressOptions): Promise<void> {
  if (await hasCommand('mmdebstrap')) return;
  const debianLike = await isDebianLike();
  if (!debianLike || process.getuid?.() !== 0) {
    throw new DindError({
      code: 'rootfs-tool-missing',
      source: 'environment',
      doing: 'making a Debian root filesystem',
      observed: 'mmdebstrap is not installed',
      hint: debianLike
        ? 'sudo apt-get install mmdebstrap debian-archive-keyring'
        : 'install mmdebstrap and the Debian archive keyring from your distribution',
    });
  }
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  const install = ['-y', '--no-install-recommends', 'install', 'mmdebstrap', 'debian-archive-keyring'];
  // The package lists may be missing or stale: try what is there first, as an update takes longer than the installation.
  if ((await runLines('apt-get', install, options, { env })).exitCode === 0) return;
  await runLines('apt-get', ['update'], options, { env });
  const result = await runLines('apt-get', install, options, { env });
  if (result.exitCode !== 0) {
    throw new DindError({
      code: 'rootfs-tool-missing',
      source: 'environment',
      doing: 'installing mmdebstrap',
      observed: tail(result.output),
      hint: 'apt-get install mmdebstrap debian-archive-keyring',
    });
  }
}

/** Whether this machine has apt and calls itself Debian or like it (os-release). */
export async function isDebianLike(): Promise<boolean> {
  const text = await readFile('/etc/os-release', 'utf8').catch(() => '');
  return /^(ID|ID_LIKE)=.*\b(debian|ubuntu)\b/m.test(text) && (await hasCommand('apt-get'));
}

async function hasCommand(name: string): Promise<boolean> {
  return (await execa('sh', ['-c', 'command -v "$1"', 'sh', name], { reject: false })).exitCode === 0;
}

async function runLines(
  command: string,
  argv: string[],
  { onLine, signal }: ProgressOptions,
  extra: Options = {},
): Promise<{ exitCode: number | undefined; output: string }> {
  const child = execa(command, argv, {
    reject: false,
    all: true,
    stdin: 'ignore',
    ...(signal === undefined ? {} : { cancelSignal: signal }),
    env: extra.env ?? {},
  });
  let output = '';
  for await (const line of child.iterable({ from: 'all' })) {
    output += `${String(line)}\n`;
    onLine?.(String(line));
  }
  const { exitCode } = await child;
  signal?.throwIfAborted();
  return { exitCode, output };
}

function bootstrapFailed(recipe: DebianRecipe, target: string, output: string): DindError {
  return new DindError({
    code: 'rootfs-failed',
    source: 'environment',
    doing: `making a Debian ${recipe.suite} root filesystem`,
    where: target,
    observed: tail(output),
    hint: 'mmdebstrap needs a Debian mirror: check the network and the proxy variables, then run it again',
  });
}

function tail(output: string): string {
  return output.trim().split('\n').slice(-15).join('\n');
}

function debianArchitecture(nodeArch: string): string {
  return { x64: 'amd64', arm: 'armhf', ia32: 'i386' }[nodeArch] ?? nodeArch;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
