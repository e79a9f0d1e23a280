import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { findCredentials, listCredentials } from '../../../src/engine/registry-credentials.js';
import { renderRegistryAuth } from '../../../src/render/registry-auth.js';

describe('findCredentials', () => {
  let config: string;
  beforeEach(async () => {
    config = await mkdtemp(join(tmpdir(), 'dind64-credentials-'));
    vi.stubEnv('PATH', `${config}${delimiter}${process.env['PATH'] ?? ''}`);
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await rm(config, { recursive: true });
  });

  const auth = (text: string) => Buffer.from(text).toString('base64');
  const write = (content: object) => writeFile(join(config, 'config.json'), JSON.stringify(content));
  async function writeHelper(name: string, script: string): Promise<void> {
    await writeFile(join(config, `docker-credential-${name}`), `#!/bin/sh\n${script}\n`);
    await chmod(join(config, `docker-credential-${name}`), 0o755);
  }

  // Seen to fail without the store's own list, and with an identity token taken for a password.
  it('are listed of the file, of its helpers and of its store, and given to kubelets in the form that they read', async () => {
    await write({
      auths: { 'reg.test': { auth: auth('you:p') }, 'tok.test': { identitytoken: 'T' }, 'empty.test': {} },
      credHelpers: { 'helped.test': 'helper', 'reg.test': '' },
    });
    await writeHelper('helper', `echo '{"Username":"me","Secret":"s"}'`);
    expect(renderRegistryAuth(await listCredentials(config))).toEqual({
      auth: `${JSON.stringify({ auths: { 'helped.test': { auth: auth('me:s') }, 'reg.test': { auth: auth('you:p') } } })}\n`,
      left: ['tok.test'],
    });
    await write({ credsStore: 'store' });
    await writeHelper(
      'store',
      `[ "$1" = list ] && echo '{"stored.test":"me","https://index.docker.io/v1/access-token":"me"}' || echo '{"Username":"me","Secret":"s"}'`,
    );
    expect(await listCredentials(config)).toEqual([{ username: 'me', password: 's', serveraddress: 'stored.test' }]);
    await writeHelper('store', 'exit 1');
    const notices: string[] = [];
    expect(await listCredentials(config, (line) => notices.push(line))).toEqual([]);
    expect(notices).toEqual(['docker-credential-store does not list what it keeps (exit code 1): going on without']);
  });

  it('are none without a configuration', async () => {
    expect(await findCredentials(config, 'docker.io')).toBeUndefined();
  });

  it("come from auths, under docker.io's old name and under URLs too", async () => {
    await write({
      auths: {
        'https://index.docker.io/v1/': { auth: auth('me:pass:word') },
        'https://reg.test/v2/': { auth: auth('you:p') },
        'tok.test': { identitytoken: 'T' },
        'empty.test': {},
      },
    });
    expect(await findCredentials(config, 'docker.io')).toEqual({
      username: 'me',
      password: 'pass:word',
      serveraddress: 'https://index.docker.io/v1/',
    });
    expect(await findCredentials(config, 'reg.test')).toEqual({
      username: 'you',
      password: 'p',
      serveraddress: 'reg.test',
    });
    expect(await findCredentials(config, 'tok.test')).toEqual({ identitytoken: 'T', serveraddress: 'tok.test' });
    expect(await findCredentials(config, 'empty.test')).toBeUndefined();
    expect(await findCredentials(config, 'other.test')).toBeUndefined();
  });

  it("come from the registry's helper, else from the store, which is asked by its standard input", async () => {
    await write({ credsStore: 'store', credHelpers: { 'reg.test': 'special' }, auths: { 'reg.test': {} } });
    await writeHelper(
      'store',
      `read -r server; echo "{\\"ServerURL\\":\\"$server\\",\\"Username\\":\\"<token>\\",\\"Secret\\":\\"T-$server-$1\\"}"`,
    );
    await writeHelper('special', 'echo \'{"Username":"me","Secret":"s"}\'');
    expect(await findCredentials(config, 'reg.test')).toEqual({
      username: 'me',
      password: 's',
      serveraddress: 'reg.test',
    });
    expect(await findCredentials(config, 'docker.io')).toEqual({
      identitytoken: 'T-https://index.docker.io/v1/-get',
      serveraddress: 'https://index.docker.io/v1/',
    });
  });

  it('are none when the helper has none, is missing or fails, and only the latter two are told, without secrets', async () => {
    const lines: string[] = [];
    await write({ credHelpers: { 'a.test': 'empty', 'b.test': 'missing', 'c.test': 'broken', 'd.test': 'strange' } });
    await writeHelper('empty', 'echo "credentials not found in native keychain"; exit 1');
    await writeHelper('broken', 'echo hush; echo hush >&2; exit 3');
    await writeHelper('strange', 'echo hush');
    for (const registry of ['a.test', 'b.test', 'c.test', 'd.test'])
      expect(await findCredentials(config, registry, (line) => lines.push(line))).toBeUndefined();
    expect(lines).toHaveLength(3);
    expect(lines.join()).toMatch(/docker-credential-missing.*ENOENT/);
    expect(lines.join()).toContain('exit code 3');
    expect(lines.join()).not.toContain('hush');
  });
});
