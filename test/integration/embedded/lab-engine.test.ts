import { execa } from 'execa';
import { access, readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isEngineRunning } from '../../../src/engine/embedded/stop.js';
import { readLabEnvironment } from '../../lab/engine-environment.js';
import { startLabEngine, stopLabEngine, type LabEngine } from '../../lab/engine.js';

const isRoot = process.getuid?.() === 0;

describe.skipIf(!isRoot)('engines of labs (needs root)', () => {
  const names = ['one', 'two', 'three'].map((name) => `eng-${process.pid}-${name}`);
  const dataOf = (instance: string): string => join(readLabEnvironment().cacheDir, 'lab', 'engines', instance);
  const start = (instance: string | undefined, seed = false): Promise<LabEngine> =>
    startLabEngine({
      instance: instance ?? '',
      networkNamespace: `/run/netns/${instance}`,
      seed,
      resolvConf: 'nameserver 192.0.2.53\n',
    });

  beforeAll(async () => {
    for (const name of names) await execa('ip', ['netns', 'add', name]);
  });

  afterAll(async () => {
    for (const name of names) {
      await stopLabEngine(name);
      await execa('ip', ['netns', 'delete', name]);
    }
  });

  test('several at once; what a dead one left is removed by the next; stopping leaves nothing', async () => {
    const [one, two] = await Promise.all([start(names[0]), start(names[1])]);
    expect(one.endpoint).not.toBe(two.endpoint);
    expect(await readFile(`/proc/${one.pid}/root/etc/resolv.conf`, 'utf8')).toBe('nameserver 192.0.2.53\n');

    const runDir = dirname(one.endpoint.slice('unix://'.length));
    process.kill(one.pid, 'SIGKILL');
    await execa('flock', ['--wait', '10', join(runDir, 'lock'), 'true']);
    await start(names[2]);
    await expect(access(dataOf(names[0] ?? ''))).rejects.toThrow('ENOENT');
    await expect(access(runDir)).rejects.toThrow('ENOENT');
    expect(await isEngineRunning(dirname(two.endpoint.slice('unix://'.length)))).toBe(true);

    await two.stop();
    await stopLabEngine(names[2] ?? '');
    const left = [...(await readdir('/run/dind64-lab-engines')), ...(await readdir(dirname(dataOf('any'))))];
    expect(left.filter((name) => names.includes(name))).toEqual([]);
  });
});
