import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dockerIsInstalled, findInstallTraces } from '../../../src/engine/install-traces.js';

describe('findInstallTraces', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dind64-traces-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('finds nothing on a bare machine, and each trace by itself', async () => {
    const env = {
      dockerHost: undefined,
      dockerContext: undefined,
      dockerConfig: folder,
      dockerCertPath: undefined,
      dockerTlsVerify: false,
      proxy: {},
      caBundle: undefined,
    };
    const places = { sockets: [join(folder, 'docker.sock')], binaries: [join(folder, 'dockerd')] };
    // The client alone is not an engine.
    await writeFile(join(folder, 'docker'), '');
    expect(await findInstallTraces(env, places)).toEqual([]);
    expect(await findInstallTraces({ ...env, dockerContext: 'default' }, places)).toEqual([]);
    expect(await findInstallTraces({ ...env, dockerHost: 'tcp://far' }, places)).toEqual(['DOCKER_HOST is tcp://far']);
    expect(await findInstallTraces({ ...env, dockerContext: 'far' }, places)).toEqual(['Docker context far is chosen']);
    await writeFile(join(folder, 'dockerd'), '');
    expect(await findInstallTraces(env, places)).toEqual([`${join(folder, 'dockerd')} exists`]);
    expect(await dockerIsInstalled(env, { ...places, binaries: [] })).toBe(false);
    await writeFile(join(folder, 'config.json'), '{"currentContext":"far"}');
    expect(await dockerIsInstalled(env, { ...places, binaries: [] })).toBe(true);
  });
});
