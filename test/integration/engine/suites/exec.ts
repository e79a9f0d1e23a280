import { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import type { Engine } from '../../../../src/engine/types.js';
import { waitUntil } from '../../../../src/wait.js';
import { sleeper } from '../support/busybox-image.js';
import { failure, freshName, withContainer } from '../support/scratch.js';

export function execSuite(engine: () => Engine): void {
  it('keeps stdout and stderr apart, tells lines as they come, gives the exit code', async () => {
    await using container = await withContainer(engine(), sleeper);
    const lines: string[] = [];
    const script = 'echo out1; sleep 0.05; echo err1 >&2; sleep 0.05; printf "out2 ü"; exit 42';
    const result = await engine().exec(container.name, ['sh', '-c', script], {
      onLine: (line, stream) => lines.push(`${stream}:${line}`),
    });
    expect(result).toEqual({ exitCode: 42, stdout: 'out1\nout2 ü', stderr: 'err1\n' });
    expect(lines).toEqual(['stdout:out1', 'stderr:err1', 'stdout:out2 ü']);
  });

  it('sends stdin and its end, of any size, and goes on reading', async () => {
    await using container = await withContainer(engine(), sleeper);
    const script = 'cat | md5sum; sleep 0.3; echo after';
    const large = Buffer.alloc(30_000_000, '0123456789');
    const bySize = async (stdin: string | Buffer | Readable) =>
      (await engine().exec(container.name, ['sh', '-c', script], { stdin })).stdout;
    expect(await bySize('')).toBe('d41d8cd98f00b204e9800998ecf8427e  -\nafter\n');
    const whole = await bySize(large);
    expect(whole).toMatch(/^[0-9a-f]{32} {2}-\nafter\n$/);
    const pieces = Array.from({ length: 300 }, (_, index) => large.subarray(index * 100_000, (index + 1) * 100_000));
    expect(await bySize(Readable.from(pieces))).toBe(whole);
  });

  it('does not mind a process that ends before it has read its input', async () => {
    await using container = await withContainer(engine(), sleeper);
    const result = await engine().exec(container.name, ['sh', '-c', 'head -c 3; exit 5'], {
      stdin: Buffer.alloc(20_000_000, 'x'),
    });
    expect(result).toMatchObject({ exitCode: 5, stdout: 'xxx' });
  });

  it('fails when the source of stdin fails', async () => {
    await using container = await withContainer(engine(), sleeper);
    const broken = new Readable({
      read() {
        this.destroy(new Error('the archive broke off'));
      },
    });
    expect(await failure(engine().exec(container.name, ['cat'], { stdin: broken }))).toMatchObject({
      observed: 'the archive broke off',
    });
  });

  it('carries large output whole', async () => {
    await using container = await withContainer(engine(), sleeper);
    let count = 0;
    const { stdout } = await engine().exec(container.name, ['seq', '1', '500000'], {
      onLine: () => {
        count += 1;
      },
    });
    expect(count).toBe(500_000);
    expect(stdout.endsWith('\n499999\n500000\n')).toBe(true);
  });

  it('passes arguments, environment and user as they are', async () => {
    await using container = await withContainer(engine(), sleeper);
    const { stdout } = await engine().exec(
      container.name,
      ['sh', '-c', 'echo "$1|$A|$(id -u)"', 'sh', 'a  "b" $HOME'],
      { env: { A: 'x y' }, user: 'nobody' },
    );
    expect(stdout).toBe('a  "b" $HOME|x y|65534\n');
  });

  it('gives 126 or 127 for what cannot be run, and an error for a container that does not run', async () => {
    await using container = await withContainer(engine(), sleeper);
    const result = await engine().exec(container.name, ['/no/such/program']);
    expect([126, 127]).toContain(result.exitCode);
    expect(result.stdout + result.stderr).toContain('no such file');
    await engine().stopContainer(container.name, 0);
    expect(await failure(engine().exec(container.name, ['true']))).toMatchObject({
      code: 'engine-conflict',
      observed: expect.stringMatching(/not running/),
    });
    expect(await failure(engine().exec(freshName('absent'), ['true']))).toMatchObject({ code: 'engine-object-absent' });
  });

  it('waits for a process that closes its output early', async () => {
    await using container = await withContainer(engine(), sleeper);
    const start = Date.now();
    expect((await engine().exec(container.name, ['sh', '-c', 'exec >&- 2>&-; sleep 1; exit 9'])).exitCode).toBe(9);
    expect(Date.now() - start).toBeGreaterThan(900);
  });

  it('ends with an error when the container dies under it', async () => {
    await using container = await withContainer(engine(), sleeper);
    const pending = engine().exec(container.name, ['sh', '-c', 'echo begun; exec sleep 4711'], {
      onLine: () => void engine().removeContainer(container.name),
    });
    const outcome = await pending.catch((error: Error) => error);
    expect(outcome instanceof Error ? outcome.name : outcome.exitCode).not.toBe(0);
  });

  /** Starts a script, aborts once it says `begun`, and answers with what is left of its processes. */
  async function abortScript(script: string, user?: string): Promise<{ error: Error; tookMs: number; left: string }> {
    await using container = await withContainer(engine(), sleeper);
    const controller = new AbortController();
    let begun = 0;
    const error = await failure(
      engine().exec(container.name, ['sh', '-c', script], {
        signal: controller.signal,
        ...(user === undefined ? {} : { user }),
        onLine: (line) => {
          if (line === 'begun') {
            begun = Date.now();
            controller.abort();
          }
        },
      }),
    );
    const tookMs = Date.now() - begun;
    const { stdout } = await engine().exec(container.name, [
      'sh',
      '-c',
      'ps | grep -v grep | grep -E "sleep 4[0-9]{3}" || true',
    ]);
    return { error, tookMs, left: stdout };
  }

  it('ends the process and its children when it is aborted', async () => {
    const { error, tookMs, left } = await abortScript(
      'sleep 4001 & (sleep 4002 &) ; setsid sleep 4003 & env -i sleep 4004 & echo begun; sleep 4005',
    );
    expect(error).toMatchObject({ code: 'interrupted', exitCode: 130 });
    expect(left).toBe('');
    expect(tookMs).toBeLessThan(2500);
  });

  it('ends what ignores TERM by KILL, as another user too', async () => {
    const { error, tookMs, left } = await abortScript(
      'trap "" TERM; sleep 4001 & echo begun; while true; do sleep 4002; done',
      'nobody',
    );
    expect(error).toMatchObject({ code: 'interrupted' });
    expect(left).toBe('');
    expect(tookMs).toBeGreaterThan(1400);
    expect(tookMs).toBeLessThan(5000);
  });

  it('leaves other processes of the container alone, and does not start when it is aborted before', async () => {
    await using container = await withContainer(engine(), sleeper);
    const other = engine().exec(container.name, ['sh', '-c', 'sleep 2; echo survived'], {
      signal: new AbortController().signal,
    });
    const controller = new AbortController();
    const aborted = failure(
      engine().exec(container.name, ['sh', '-c', 'echo begun; sleep 4001'], {
        signal: controller.signal,
        onLine: () => controller.abort(),
      }),
    );
    expect(await aborted).toMatchObject({ code: 'interrupted' });
    expect(await other).toMatchObject({ exitCode: 0, stdout: 'survived\n' });
    expect(
      await failure(engine().exec(container.name, ['touch', '/tmp/ran'], { signal: AbortSignal.abort() })),
    ).toMatchObject({ code: 'interrupted' });
    expect(await engine().readFile(container.name, '/tmp/ran')).toBeUndefined();
    expect(
      await failure(engine().exec(container.name, ['sleep', '4002'], { signal: AbortSignal.timeout(300) })),
    ).toMatchObject({ code: 'timed-out', exitCode: 3 });
  });

  it('is told of an abort while the process starts', async () => {
    await using container = await withContainer(engine(), sleeper);
    for (const delayMs of [0, 5, 20, 60]) {
      const pending = failure(
        engine().exec(container.name, ['sleep', '4001'], { signal: AbortSignal.timeout(delayMs) }),
      );
      expect(await pending).toMatchObject({ code: 'timed-out' });
    }
    await waitUntil({ condition: 'none is left', limitMs: 1000 }, async () => {
      const { stdout } = await engine().exec(container.name, ['ps']);
      return stdout.includes('sleep 4001') ? { seen: stdout } : { done: undefined };
    });
  });
}
