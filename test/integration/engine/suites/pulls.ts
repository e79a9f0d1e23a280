import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { connectSocket } from '../../../../src/engine/connect.js';
import type { Engine } from '../../../../src/engine/types.js';
import { sleeper } from '../support/busybox-image.js';
import { bareEnvironment } from '../support/engine-environment.js';
import { registryAddress, registryImage, registryUser, startRegistry } from '../support/registry.js';
import { failure, withContainer } from '../support/scratch.js';
import type { TestEngine } from '../support/test-engine.js';

export function pullSuite(testEngine: () => TestEngine): void {
  let registry: AsyncDisposable | undefined;
  let config: string;
  beforeAll(async () => {
    config = await mkdtemp(join(tmpdir(), 'dind64-pull-'));
    const { networkNamespace } = testEngine();
    if (networkNamespace !== undefined) registry = await startRegistry(networkNamespace);
  });
  afterAll(async () => {
    await registry?.[Symbol.asyncDispose]();
    await rm(config, { recursive: true });
  });

  const auth = Buffer.from(`${registryUser.name}:${registryUser.password}`).toString('base64');
  async function engineWith(dockerConfig: object): Promise<Engine> {
    await writeFile(join(config, 'config.json'), JSON.stringify(dockerConfig));
    return connectSocket(testEngine().socket, { ...bareEnvironment, dockerConfig: config });
  }

  it('pulls with the credentials of config.json, and tells how it goes', async (context) => {
    context.skip(registry === undefined, 'the network namespace of a given engine is not known');
    const engine = await engineWith({ auths: { [registryAddress]: { auth } } });
    const lines: string[] = [];
    const image = await engine.pullImage(registryImage, { onLine: (line) => lines.push(line) });
    expect(image).toMatchObject({ tags: [registryImage], labels: { 'test.dind64.lab': 'hello' } });
    expect(lines.join('\n')).toMatch(/Pull complete/);
    expect(lines.join('\n')).not.toContain(auth);
    await engine.removeImage(registryImage);
  });

  it('pulls with a credential helper', async (context) => {
    context.skip(registry === undefined, 'the network namespace of a given engine is not known');
    await writeFile(
      join(config, 'docker-credential-test'),
      `#!/bin/sh\necho '{"Username":"${registryUser.name}","Secret":"${registryUser.password}"}'\n`,
    );
    await chmod(join(config, 'docker-credential-test'), 0o755);
    vi.stubEnv('PATH', `${config}${delimiter}${process.env['PATH'] ?? ''}`);
    const engine = await engineWith({ credHelpers: { [registryAddress]: 'test' } });
    await engine.pullImage(registryImage);
    await engine.removeImage(registryImage);
    vi.unstubAllEnvs();
  });

  it('tells refused, absent and unreachable apart', async (context) => {
    context.skip(registry === undefined, 'the network namespace of a given engine is not known');
    const anonymous = await engineWith({});
    expect(await failure(anonymous.pullImage(registryImage))).toMatchObject({
      code: 'registry-denied',
      hint: expect.stringContaining(`docker login ${registryAddress}`),
    });
    const engine = await engineWith({ auths: { [registryAddress]: { auth } } });
    expect(await failure(engine.pullImage(`${registryAddress}/lab/hello:absent`))).toMatchObject({
      code: 'image-absent',
    });
    expect(await failure(engine.pullImage('127.0.0.1:5999/lab/hello:1'))).toMatchObject({
      code: 'registry-unreachable',
      hint: expect.stringContaining('127.0.0.1:5999'),
    });
    expect(await failure(engine.pullImage('registry.invalid/none:1'))).toMatchObject({
      code: 'registry-unreachable',
      hint: expect.stringContaining('registry.invalid'),
    });
    expect(await failure(engine.pullImage('debian:trixie-slim'))).toMatchObject({
      code: 'registry-unreachable',
      hint: expect.stringContaining('docker.io'),
    });
  });

  it('gives up on a silent registry when it is told to', async () => {
    const engine = await engineWith({});
    await using silent = await withContainer(engine, {
      ...sleeper,
      network: 'host',
      command: ['nc', '-ll', '-p', '5998', '-e', 'sleep', '1000'],
    });
    const start = Date.now();
    expect(
      await failure(engine.pullImage('127.0.0.1:5998/lab/hello:1', { signal: AbortSignal.timeout(1500) })),
    ).toMatchObject({ code: 'timed-out' });
    expect(Date.now() - start).toBeLessThan(4000);
    expect(silent.name).toBeTruthy();
  });
}
