/**
 * Scratch engines for people who work on dind64 (root on Linux):
 *   npx tsx test/lab/engine-cli.ts start --state DIR [--netns NAME | --build | --host] [--containerd] [--data DIR] [--seed]
 *   npx tsx test/lab/engine-cli.ts stop --state DIR
 * `start` prints the endpoint alone on stdout. `--seed`: with all images, from a clone of the lab's seed.
 */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureEngineRootfs } from '../../src/engine/embedded/rootfs.js';
import { buildEngineJson, startEmbeddedEngine } from '../../src/engine/embedded/start.js';
import { stopEmbeddedEngine } from '../../src/engine/embedded/stop.js';
import { readLabEnvironment } from './engine-environment.js';
import { cloneDataRoot } from './seed-clone.js';
import { renewStoreRecords } from './seed-volumes.js';
import { ensureSeed } from './seed.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    state: { type: 'string' },
    netns: { type: 'string' },
    data: { type: 'string' },
    build: { type: 'boolean' },
    host: { type: 'boolean' },
    containerd: { type: 'boolean' },
    seed: { type: 'boolean' },
  },
});
const [verb] = positionals;
if ((verb !== 'start' && verb !== 'stop') || values.state === undefined)
  throw new Error(
    'usage: engine-cli.ts start|stop --state DIR [--netns NAME|--build|--host] [--containerd] [--data DIR] [--seed]',
  );
const stateDir = resolve(values.state);
if (verb === 'stop') await stopEmbeddedEngine({ runDir: join(stateDir, 'run') });
else {
  if (values.netns === undefined && values.build !== true && values.host !== true)
    throw new Error('say where: --netns NAME (made by `ip netns add`), --build, or --host (rules on this machine!)');
  const { cacheDir, proxy, caBundle } = readLabEnvironment();
  const onLine = (line: string): void => {
    process.stderr.write(`${line}\n`);
  };
  const dataRoot = values.data === undefined ? join(stateDir, 'data') : resolve(values.data);
  if (values.seed === true && !existsSync(dataRoot))
    await (
      await ensureSeed(values.containerd === true ? 'containerd' : 'graph', { onLine })
    ).use((seed) => cloneDataRoot(seed, dataRoot));
  const engine = await startEmbeddedEngine({
    rootfs: await ensureEngineRootfs(cacheDir, { onLine }),
    stateDir,
    proxy,
    caBundle,
    onLine,
    dataRoot,
    ...(values.netns === undefined ? {} : { networkNamespace: `/run/netns/${values.netns}` }),
    daemonJson: {
      ...(values.build === true ? buildEngineJson : {}),
      features: { 'containerd-snapshotter': values.containerd === true },
    },
  });
  if (values.seed === true) await renewStoreRecords(engine.endpoint.slice('unix://'.length));
  process.stdout.write(`${engine.endpoint}\n`);
}
