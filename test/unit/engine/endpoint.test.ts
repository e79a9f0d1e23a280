import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findEndpoint, parseEndpoint } from '../../../src/engine/endpoint.js';
import type { EngineEnvironment } from '../../../src/settings/types.js';

describe('findEndpoint', () => {
  let config: string;
  beforeEach(async () => {
    config = await mkdtemp(join(tmpdir(), 'dind64-endpoint-'));
  });
  afterEach(() => rm(config, { recursive: true }));

  const find = (env: Partial<EngineEnvironment> = {}) =>
    findEndpoint({
      dockerHost: undefined,
      dockerContext: undefined,
      dockerConfig: config,
      dockerCertPath: undefined,
      dockerTlsVerify: false,
      proxy: {},
      caBundle: undefined,
      ...env,
    });

  async function writeContext(name: string, endpoint: object, tls: Record<string, string> = {}): Promise<void> {
    const id = createHash('sha256').update(name).digest('hex');
    await mkdir(join(config, 'contexts/meta', id), { recursive: true });
    await writeFile(
      join(config, 'contexts/meta', id, 'meta.json'),
      JSON.stringify({ Name: name, Metadata: {}, Endpoints: { docker: endpoint } }),
    );
    const folder = join(config, 'contexts/tls', id, 'docker');
    await mkdir(folder, { recursive: true });
    for (const [file, content] of Object.entries(tls)) await writeFile(join(folder, file), content);
  }

  it('is the default socket when nothing says otherwise', async () => {
    expect(await find()).toEqual({
      url: 'unix:///var/run/docker.sock',
      source: 'the default',
      address: { kind: 'unix', path: '/var/run/docker.sock' },
    });
  });

  it('follows the current context, DOCKER_CONTEXT before it, DOCKER_HOST before both', async () => {
    await writeContext('mine', { Host: 'unix:///run/user/7/docker.sock', SkipTLSVerify: false });
    await writeContext('far', { Host: 'ssh://me@far:2222' });
    await writeFile(join(config, 'config.json'), JSON.stringify({ currentContext: 'mine', auths: {} }));
    expect(await find()).toMatchObject({ url: 'unix:///run/user/7/docker.sock', source: 'context mine' });
    expect(await find({ dockerContext: 'far' })).toMatchObject({
      address: { kind: 'ssh', user: 'me', host: 'far', port: 2222 },
      source: 'context far',
    });
    expect(await find({ dockerContext: 'default' })).toMatchObject({ source: 'the default' });
    expect(await find({ dockerContext: 'far', dockerHost: 'unix:///x' })).toMatchObject({
      url: 'unix:///x',
      source: 'DOCKER_HOST',
    });
  });

  it("takes a context's TLS files", async () => {
    await writeContext(
      'tls',
      { Host: 'tcp://far:2376', SkipTLSVerify: false },
      { 'ca.pem': 'CA', 'cert.pem': 'CERT', 'key.pem': 'KEY' },
    );
    await writeContext('lax', { Host: 'tcp://far:2376', SkipTLSVerify: true });
    const files = { ca: Buffer.from('CA'), cert: Buffer.from('CERT'), key: Buffer.from('KEY') };
    expect(await find({ dockerContext: 'tls' })).toMatchObject({
      address: { kind: 'tcp', host: 'far', port: 2376, tls: { ...files, verify: true } },
    });
    expect(await find({ dockerContext: 'lax' })).toMatchObject({ address: { tls: { verify: false } } });
  });

  it('turns TLS on for DOCKER_TLS_VERIFY, not for DOCKER_CERT_PATH alone', async () => {
    await writeFile(join(config, 'ca.pem'), 'CA');
    const host = { dockerHost: 'tcp://far', dockerCertPath: config };
    expect(await find({ ...host, dockerTlsVerify: true })).toMatchObject({
      url: 'tcp://far',
      address: { port: 2376, tls: { ca: Buffer.from('CA'), verify: true } },
    });
    expect(await find(host)).toMatchObject({ address: { port: 2375, tls: undefined } });
  });

  it('names the file of a context that is not there, and of a configuration that is broken', async () => {
    await expect(find({ dockerContext: 'gone' })).rejects.toMatchObject({
      code: 'docker-context-unreadable',
      observed: 'there is no such context',
      where: expect.stringContaining(config),
    });
    await writeFile(join(config, 'config.json'), '{"currentContext": 3}');
    await expect(find()).rejects.toMatchObject({
      code: 'docker-config-unreadable',
      where: join(config, 'config.json'),
      observed: expect.stringContaining('currentContext'),
    });
    await writeFile(join(config, 'config.json'), '{');
    await expect(find()).rejects.toMatchObject({ code: 'docker-config-unreadable' });
  });
});

describe('parseEndpoint', () => {
  const parse = (text: string) => parseEndpoint(text, 'DOCKER_HOST', undefined);

  it.each([
    ['unix://', { kind: 'unix', path: '/var/run/docker.sock' }],
    ['tcp://[::1]:99', { kind: 'tcp', host: '::1', port: 99, tls: undefined }],
    ['127.0.0.1:2375', { kind: 'tcp', host: '127.0.0.1', port: 2375, tls: undefined }],
    ['http://far', { kind: 'tcp', host: 'far', port: 2375, tls: undefined }],
    ['https://far', { kind: 'tcp', host: 'far', port: 2376, tls: { verify: true } }],
    ['ssh://far', { kind: 'ssh', user: undefined, host: 'far', port: undefined, path: undefined }],
    ['ssh://me@far:22/run/other.sock', { kind: 'ssh', user: 'me', host: 'far', port: 22, path: '/run/other.sock' }],
  ])('%s', (text, address) => expect(parse(text).address).toEqual(address));

  it.each(['npipe:////./pipe/docker_engine', 'fd://', 'tcp://a b', 'ssh://me:secret@far'])('refuses %s', (text) => {
    const error = (() => {
      try {
        return parse(text);
      } catch (thrown) {
        return thrown;
      }
    })() as Error;
    expect(error).toMatchObject({ code: 'engine-address-invalid', exitCode: 2, source: 'user' });
    expect(error.message).not.toContain('secret');
  });
});
