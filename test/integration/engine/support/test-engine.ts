import { randomBytes } from 'node:crypto';
import { execa } from 'execa';
import { connectSocket } from '../../../../src/engine/connect.js';
import type { Engine } from '../../../../src/engine/types.js';
import { startLabEngine } from '../../../lab/engine.js';
import { findObstacle, isRequired } from '../../../support/lab.js';
import { bareEnvironment } from './engine-environment.js';

export interface TestEngine {
  engine: Engine;
  socket: string;
  /** Path of the engine's network namespace; not known of a given one. */
  networkNamespace: string | undefined;
  stop(): Promise<void>;
}

export type ImageStore = 'graph' | 'containerd';

/** Why tests with an engine are skipped here, or `undefined`: they run, or must (DIND64_REQUIRE). DIND64_TEST_ENGINE=unix:///... names a running engine, for work on these tests. */
export function whyNoEngine(): string | undefined {
  return givenEngine() !== undefined || isRequired('integration') ? undefined : findObstacle();
}

/** A real engine in a network namespace of its own, without images. A given one must have this image store, which the suite checks. */
export async function startTestEngine(imageStore: ImageStore): Promise<TestEngine> {
  const given = givenEngine();
  if (given !== undefined) {
    const socket = given.replace(/^unix:\/\//, '');
    return {
      engine: await connectSocket(socket, bareEnvironment),
      socket,
      networkNamespace: undefined,
      stop: async () => undefined,
    };
  }
  const instance = `engine-${randomBytes(3).toString('hex')}`;
  await execa('ip', ['netns', 'add', instance]);
  const removeNamespace = async (): Promise<void> => {
    await execa('ip', ['netns', 'delete', instance]);
  };
  try {
    await execa('ip', ['-n', instance, 'link', 'set', 'lo', 'up']);
    const networkNamespace = `/run/netns/${instance}`;
    const { endpoint, stop } = await startLabEngine({ instance, networkNamespace, imageStore, seed: false });
    const socket = endpoint.replace(/^unix:\/\//, '');
    return {
      engine: await connectSocket(socket, bareEnvironment),
      socket,
      networkNamespace,
      stop: async () => {
        await stop();
        await removeNamespace();
      },
    };
  } catch (error) {
    await removeNamespace();
    throw error;
  }
}

function givenEngine(): string | undefined {
  return process.env['DIND64_TEST_ENGINE'] || undefined;
}
