import { access, copyFile, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { debianRootfsPath, ensureDebianRootfs, type DebianRecipe } from '../../src/engine/embedded/debian.js';
import { withFileLock } from '../../src/engine/embedded/lock.js';
import { rootArgv } from '../../src/engine/embedded/root.js';
import { engineRecipe } from '../../src/engine/embedded/rootfs.js';
import { readLabEnvironment } from './engine-environment.js';

/** Of Go module github.com/moby/moby/v2: the line of Docker 29. */
const mobyVersion = 'v2.0.0-beta.24';

/** Only what fetches the toolchain that moby's go.mod wants. */
const goRecipe: DebianRecipe = {
  name: 'go',
  suite: 'forky',
  packages: ['ca-certificates', 'golang-go'],
  hooks: engineRecipe.hooks ?? [],
  output: 'directory',
};

/** The engine's private root filesystem with dockerd 29 in place of Debian's 28.5; built when it is not in the cache (some minutes of CPU). */
export async function ensureMobyRootfs(cacheDir: string): Promise<string> {
  const binaries = join(cacheDir, 'lab', `moby-${mobyVersion}`);
  const recipe: DebianRecipe = {
    ...engineRecipe,
    name: 'engine-29',
    hooks: [
      ...(engineRecipe.hooks ?? []),
      `install -m 755 '${binaries}/dockerd' '${binaries}/docker-proxy' "$1/usr/sbin/" && rm -f "$1/usr/libexec/docker/docker-proxy"`,
    ],
  };
  if (!(await exists(debianRootfsPath(cacheDir, recipe)))) await ensureBinaries(cacheDir, binaries);
  return ensureDebianRootfs(cacheDir, recipe);
}

async function ensureBinaries(cacheDir: string, target: string): Promise<void> {
  await mkdir(join(cacheDir, 'lab'), { recursive: true });
  await withFileLock(`${target}.lock`, async () => {
    if (await exists(target)) return;
    const rootfs = await ensureDebianRootfs(cacheDir, goRecipe);
    const scratch = `${target}.new`;
    const runDir = join(scratch, 'run');
    const { proxy, caBundle } = readLabEnvironment();
    await mkdir(runDir, { recursive: true });
    await copyFile('/etc/resolv.conf', join(runDir, 'resolv.conf'));
    await writeFile(join(runDir, 'build'), buildScript);
    // The scratch folder is where an engine would have its data root.
    const [command = '', ...argv] = rootArgv({ rootfs, runDir, caBundle }, scratch, [
      'sh',
      '-eu',
      '/run/engine/build',
      mobyVersion,
    ]);
    await execa(command, argv, { env: proxy, stdin: 'ignore' });
    await rename(join(scratch, 'bin'), target);
    await rm(scratch, { recursive: true, force: true });
  });
}

const buildScript = `cd /var/lib/docker
export CGO_ENABLED=0 GOPATH=/var/lib/docker/go GOCACHE=/var/lib/docker/cache GOTMPDIR=/var/lib/docker/tmp GOBIN=/var/lib/docker/bin GOFLAGS=-modcacherw GOTOOLCHAIN=auto HOME=/var/lib/docker
mkdir -p tmp bin
go install -trimpath "github.com/moby/moby/v2/cmd/dockerd@$1" "github.com/moby/moby/v2/cmd/docker-proxy@$1"
`;

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
