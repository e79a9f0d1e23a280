import { spawn } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { endProcess, isRunning, readIdentity } from '../../lab/identity.js';

describe.skipIf(process.platform !== 'linux')('process identity', () => {
  it('holds for this process, and not for another start time', async () => {
    const own = await readIdentity(process.pid);
    expect(own).toBeDefined();
    expect(await isRunning(own!)).toBe(true);
    expect(await isRunning({ pid: process.pid, startTime: '1' })).toBe(false);
  });

  it('is over when the process has ended, and never ends another one', async () => {
    const child = spawn('sleep', ['60'], { stdio: 'ignore' });
    const identity = (await readIdentity(child.pid!))!;
    await endProcess({ ...identity, startTime: '1' });
    expect(await isRunning(identity)).toBe(true);
    await endProcess(identity);
    expect(await isRunning(identity)).toBe(false);
  });
});
