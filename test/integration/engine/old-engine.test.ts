import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import { connectDocker } from '../../../src/engine/connect.js';
import { ensureDebianRootfs } from '../../../src/engine/embedded/debian.js';
import { engineRecipe } from '../../../src/engine/embedded/rootfs.js';
import { startEmbeddedEngine } from '../../../src/engine/embedded/start.js';
import { readLabEnvironment } from '../../lab/engine-environment.js';
import { bareEnvironment } from './support/engine-environment.js';
import { failure } from './support/scratch.js';
import { whyNoEngine } from './support/test-engine.js';

const reason = whyNoEngine();

it.skipIf(reason !== undefined)(
  `refuses Debian trixie's Docker 26 by name${reason === undefined ? '' : ` (skipped: ${reason})`}`,
  async () => {
    const rootfs = await ensureDebianRootfs(readLabEnvironment().cacheDir, {
      ...engineRecipe,
      name: 'old-engine',
      suite: 'trixie',
    });
    const namespace = `engine-${randomBytes(3).toString('hex')}`;
    const stateDir = await mkdtemp(join(tmpdir(), 'dind64-old-'));
    await execa('ip', ['netns', 'add', namespace]);
    try {
      const engine = await startEmbeddedEngine({
        rootfs,
        stateDir,
        networkNamespace: `/run/netns/${namespace}`,
        resolvConf: '',
      });
      try {
        const error = await failure(connectDocker({ ...bareEnvironment, dockerHost: engine.endpoint }));
        expect(error).toMatchObject({
          code: 'engine-too-old',
          where: engine.endpoint,
          observed: expect.stringMatching(/^Docker 26\./),
          hint: expect.stringContaining('Docker 28 or newer'),
        });
      } finally {
        await engine.stop();
      }
    } finally {
      await execa('ip', ['netns', 'delete', namespace]);
      await rm(stateDir, { recursive: true });
    }
  },
);
