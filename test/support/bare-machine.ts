import { access, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { engineCgroup } from '../../src/engine/embedded/cgroups.js';
import { buildEngineJson, startEmbeddedEngine } from '../../src/engine/embedded/start.js';
import { ensureEngineRootfs } from '../../src/engine/embedded/rootfs.js';
import { stopEmbeddedEngine } from '../../src/engine/embedded/stop.js';
import { readLabEnvironment } from '../lab/engine-environment.js';
import { cloneDataRoot } from '../lab/seed-clone.js';
import { renewStoreRecords } from '../lab/seed-volumes.js';
import { ensureSeed } from '../lab/seed.js';
import type { Lab, LabCommandResult } from '../lab/types.js';
import { labSettings } from './cluster.js';

const project = fileURLToPath(new URL('../..', import.meta.url));

/** What `clean` must put back on a machine that had no Docker; `run`: names in its /run. */
export interface BareState {
  rules: string;
  sysctls: string;
  routes: string;
  links: string;
  run: string[];
  cgroups: string[];
}

/** A machine without Docker: a lab's engine host without an engine, with a /run and a cache folder of its own. */
export interface BareMachine {
  run(argv: readonly string[], env?: Record<string, string>): Promise<LabCommandResult>;
  dind64(argv: readonly string[], env?: Record<string, string>): Promise<LabCommandResult>;
  readState(): Promise<BareState>;
  /** Ends the embedded engine, whatever state it is in, and removes all folders. */
  remove(): Promise<void>;
}

/**
 * Makes one. The embedded engine's images are there already, as on a machine that has run dind64 before: a lab has no registry
 * to build them from. `run` hides this machine's /run, so its Docker's socket, and several tests at once do not meet there.
 */
export async function openBareMachine(lab: Lab): Promise<BareMachine> {
  const { cacheDir } = readLabEnvironment();
  await mkdir(join(cacheDir, 'lab'), { recursive: true });
  // Beside the seed, whose files it links.
  const directory = await mkdtemp(join(cacheDir, 'lab', 'bare-'));
  const runDir = join(directory, 'run');
  const engineRunDir = join(runDir, 'dind64');
  const cache = join(directory, 'cache', 'dind64');
  // mount(8) keeps its table in /run/mount, made at its first use.
  await Promise.all(
    [join(runDir, 'mount'), join(directory, 'home'), cache].map((path) => mkdir(path, { recursive: true })),
  );
  await fillCache(lab, cacheDir, cache, join(runDir, 'seed'));
  const caBundle = join(directory, 'home', 'ca.crt');
  await writeFile(caBundle, lab.ca.pem);
  const env = {
    HOME: join(directory, 'home'),
    XDG_CACHE_HOME: join(directory, 'cache'),
    SSL_CERT_FILE: caBundle,
    ...labSettings,
  };
  const machine: BareMachine = {
    run: (argv, more = {}) =>
      lab.host(['sh', '-c', enterScript, 'bare', runDir, ...argv], { cwd: '/', env: { ...env, ...more } }),
    dind64: (argv, more) => machine.run(['node', `${project}/bin/dind64.mjs`, ...argv], more),
    readState: () => readBareState(lab, runDir),
    remove: async () => {
      // Not to be taken back from here, which is in this machine's network namespace; the lab's goes with the lab.
      await rm(join(engineRunDir, 'host-before.json'), { force: true });
      await stopEmbeddedEngine({ runDir: engineRunDir, graceMs: 0 });
      await execa('rm', ['-rf', '--one-file-system', directory]);
    },
  };
  return machine;
}

const enterScript = `set -e
folder=$1; shift
cp /etc/resolv.conf "$folder/.resolv.conf"
mount --bind "$folder" /run
target=$(readlink -f /etc/resolv.conf || echo /etc/resolv.conf)
[ -e "$target" ] || { mkdir -p "\${target%/*}"; cp /run/.resolv.conf "$target"; }
rm /run/.resolv.conf
exec "$@"`;

/** The root filesystem, and a clone of the seed as the embedded engine's data root. */
async function fillCache(lab: Lab, cacheDir: string, cache: string, seedRunDir: string): Promise<void> {
  const rootfs = await ensureEngineRootfs(cacheDir);
  await symlink(join(cacheDir, 'rootfs'), join(cache, 'rootfs'));
  const stateDir = join(cache, 'engine');
  const seed = await ensureSeed('graph');
  await seed.use((dataRoot) => cloneDataRoot(dataRoot, join(stateDir, 'data')));
  // An engine that touches no rule writes what the clone needs, and is gone before the test begins.
  const engine = await startEmbeddedEngine({
    rootfs,
    stateDir,
    runDir: seedRunDir,
    networkNamespace: lab.hostNamespace,
    resolvConf: '',
    restoreHost: false,
    daemonJson: buildEngineJson,
  });
  await renewStoreRecords(engine.endpoint.replace('unix://', ''));
  await engine.stop();
  await rm(seedRunDir, { recursive: true, force: true });
}

async function readBareState(lab: Lab, runDir: string): Promise<BareState> {
  const run = async (argv: string[]): Promise<string> => (await lab.exec('host', argv)).stdout;
  const sysctls =
    'grep -s "" /proc/sys/net/ipv4/ip_forward /proc/sys/net/ipv[46]/conf/*/forwarding /proc/sys/net/ipv6/conf/*/accept_ra | sort';
  return {
    rules: (await run(['nft', '-s', 'list', 'ruleset'])).replaceAll(/counter packets \d+ bytes \d+/g, 'counter'),
    sysctls: (await lab.host(['sh', '-c', sysctls])).stdout,
    routes: [await run(['ip', '-4', 'route']), await run(['ip', '-6', 'route'])]
      .join('')
      .replaceAll(/expires \d+sec/g, ''),
    links: (await run(['ip', '-brief', 'link'])).replaceAll(/ +/g, ' '),
    run: (await readdir(runDir)).sort(),
    cgroups: await embeddedCgroups(),
  };
}

/** The embedded engine's cgroups; its name is a hash over /run/dind64. */
async function embeddedCgroups(): Promise<string[]> {
  const root = '/sys/fs/cgroup';
  const paths = [root, ...(await readdir(root)).map((name) => join(root, name))].map((path) =>
    join(path, engineCgroup('/run/dind64')),
  );
  const present = await Promise.all(
    paths.map((path) =>
      access(path).then(
        () => true,
        () => false,
      ),
    ),
  );
  return paths.filter((_, index) => present[index] === true);
}
