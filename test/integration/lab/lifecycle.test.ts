import { spawn } from 'node:child_process';
import { readdir, readFile, readlink, stat } from 'node:fs/promises';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { describe, expect, it } from 'vitest';
import { startLab } from '../../lab/lab.js';
import { listRecords, readRecord } from '../../lab/record.js';
import { removeLab } from '../../lab/remove.js';
import { openLab } from '../../lab/open.js';
import { findObstacle, isRequired } from '../../support/lab.js';

const obstacle = findObstacle();

describe.skipIf(obstacle !== undefined && !isRequired('integration'))(
  `a lab's life${obstacle === undefined ? '' : ` (${obstacle})`}`,
  () => {
    it('leaves no process, namespace, mount or file', async () => {
      const lab = await startLab({ profile: 'dual' });
      const inodes = await Promise.all(
        Object.values(lab.namespaces).map(async (path) => `net:[${(await stat(path)).ino}]`),
      );
      const inhabitant = spawn(lab.hostArgv(['sleep', '600'])[0]!, lab.hostArgv(['sleep', '600']).slice(1), {
        stdio: 'ignore',
      });
      await expect.poll(() => inhabitants(inodes)).not.toHaveLength(0);
      const ended = once(inhabitant, 'exit', { signal: AbortSignal.timeout(20_000) });
      await lab.stop();
      await ended;
      expect(await inhabitants(inodes)).toEqual([]);
      expect((await readdir('/run/netns')).filter((name) => name.includes(lab.instance))).toEqual([]);
      expect(await readFile('/proc/self/mounts', 'utf8')).not.toContain(lab.instance);
      await expect(stat(lab.directory)).rejects.toThrow('ENOENT');
      await lab.stop();
    });

    it('does not disturb another one', async () => {
      await using one = await startLab({ profile: 'dual' });
      await using other = await startLab({ profile: 'v4only' });
      await one.dns.stop();
      expect((await other.exec('host', ['dig', '+tries=1', '+timeout=2', '+short', 'v4only.test'])).stdout).toBe(
        '198.51.100.10\n',
      );
      await one.stop();
      expect((await other.exec('host', ['curl', '-sS', '-m', '3', 'http://v4only.test/source'])).stdout).toBe(
        '203.0.113.2\n',
      );
    });

    it('is refused under a name that is taken or not a name, and the running one stays', async () => {
      await using lab = await startLab({ profile: 'v4only' });
      await expect(startLab({ profile: 'dual', instance: lab.instance })).rejects.toMatchObject({ code: 'lab-exists' });
      await expect(startLab({ profile: 'dual', instance: 'Not/A/Name' })).rejects.toMatchObject({
        code: 'lab-bad-instance',
      });
      expect((await lab.host(['cat', '/etc/resolv.conf'])).stdout).toBe('nameserver 198.51.100.53\n');
    });

    it('can be used and ended by another process than the one that started it', async () => {
      await using lab = await startLab({ profile: 'v4only', owned: false });
      await using again = await openLab(lab.instance, removeLab);
      expect((await again.exec('host', ['curl', '-sS', '-m', '3', 'http://v4only.test/source'])).stdout).toBe(
        '203.0.113.2\n',
      );
      await again.stop();
      expect(await readRecord(lab.instance)).toBeUndefined();
    });

    it('ends with its owner: the next start removes what a killed process left', async () => {
      const script = `import { startLab } from '${new URL('../../lab/lab.ts', import.meta.url).href}'; console.log((await startLab({ profile: 'v4only' })).instance); setInterval(() => {}, 1000);`;
      const owner = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const [instance] = (await once(createInterface({ input: owner.stdout }), 'line')) as [string];
      const ended = once(owner, 'exit', { signal: AbortSignal.timeout(20_000) });
      owner.kill('SIGKILL');
      await ended;
      expect((await listRecords()).map((record) => record.instance)).toContain(instance);
      await using next = await startLab({ profile: 'v4only' });
      expect((await listRecords()).map((record) => record.instance)).not.toContain(instance);
      expect((await readdir('/run/netns')).filter((name) => name.includes(instance))).toEqual([]);
      expect(next.instance).not.toBe(instance);
    });
  },
);

async function inhabitants(inodes: string[]): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => (inodes.includes(await readlink(`/proc/${pid}/ns/net`).catch(() => '')) ? pid : undefined)),
  );
  return found.filter((pid) => pid !== undefined);
}
