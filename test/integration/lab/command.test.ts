import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import { isStale, readRecord } from '../../lab/record.js';
import { removeLab } from '../../lab/remove.js';
import { describeWithLab } from '../../support/lab.js';

async function run(...argv: string[]): Promise<{ exitCode: number | undefined; stdout: string }> {
  const command = fileURLToPath(new URL('../../../scripts/lab.ts', import.meta.url));
  const { exitCode, stdout } = await execa(process.execPath, ['--import', 'tsx', command, ...argv], { reject: false });
  return { exitCode, stdout };
}

describeWithLab('integration', 'commands', { profile: 'v4only' }, (fixture) => {
  it('on the engine host run as another user too', async () => {
    const { lab } = fixture;
    const user = { uid: 65534, gid: 65534 };
    expect(await lab.host(['sh', '-c', 'id -u; id -G; echo $HOME'], { user, env: { HOME: '/nowhere' } })).toEqual({
      exitCode: 0,
      stdout: '65534\n65534\n/nowhere\n',
      stderr: '',
    });
    expect((await lab.host(['curl', '-sS', '-m', '5', 'http://v4only.test/source'], { user })).stdout).toBe(
      '203.0.113.2\n',
    );
  });

  it('end with their time, and nothing of them goes on', async () => {
    const { lab } = fixture;
    expect(await lab.exec('host', ['sleep', '987'], { timeoutMs: 200 })).toMatchObject({ exitCode: 124 });
    await expect.poll(async () => (await lab.exec('internet', ['pgrep', '-xf', 'sleep 987'])).stdout).toBe('');
  });

  it('tell lines as they come', async () => {
    const lines: string[] = [];
    const { stdout } = await fixture.lab.exec('host', ['sh', '-c', 'echo one; echo two >&2'], {
      onLine: (line, stream) => lines.push(`${stream}: ${line}`),
    });
    expect(stdout).toBe('one\n');
    await expect.poll(() => lines.sort()).toEqual(['stderr: two', 'stdout: one']);
  });
});

describeWithLab('integration', 'npm run lab', { profile: 'v4only' }, (fixture) => {
  it('starts a lab that stays, shows it, runs commands on its host, and removes it', async () => {
    const instance = `c${randomBytes(3).toString('hex')}`;
    try {
      const up = await run('up', '--profile', 'v4only', '--instance', instance, '--no-engine');
      expect({ exitCode: up.exitCode, stdout: up.stdout }).toEqual({
        exitCode: 0,
        stdout: `/run/netns/dind64-${instance}-host`,
      });
      expect(await isStale((await readRecord(instance))!)).toBe(false);
      expect((await run('status')).stdout).toContain(`${instance}  v4only  running`);
      expect((await run('shell', instance, '--', 'curl', '-sS', '-m', '5', 'http://v4only.test/source')).stdout).toBe(
        '203.0.113.2',
      );
      expect((await run('shell', instance, '--', 'sh', '-c', 'exit 7')).exitCode).toBe(7);
      expect(await run('down', instance)).toMatchObject({ exitCode: 0, stdout: '' });
      expect(await readRecord(instance)).toBeUndefined();
      expect(await run('down', instance)).toMatchObject({ exitCode: 1 });
      // The other lab is untouched.
      expect((await fixture.lab.exec('host', ['true'])).exitCode).toBe(0);
    } finally {
      const record = await readRecord(instance);
      if (record !== undefined) await removeLab(record);
    }
  });

  it('refuses what it does not know', async () => {
    expect((await run('up', '--profile', 'v5only')).exitCode).not.toBe(0);
    expect((await run('up', '--wrong')).exitCode).not.toBe(0);
  });
});
