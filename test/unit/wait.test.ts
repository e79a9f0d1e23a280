import { describe, expect, it } from 'vitest';
import { DindError, WaitError } from '../../src/errors.js';
import { waitUntil } from '../../src/wait.js';

describe('waitUntil', () => {
  const request = { condition: 'node x is Ready', limitMs: 2000, intervalMs: 5, where: 'node x' };

  it('gives what the probe found, and tells each observation once', async () => {
    const answers = ['NotReady', 'NotReady', 'Unknown'];
    const seen: string[] = [];
    const found = await waitUntil({ ...request, onSeen: (text) => seen.push(text) }, async () => {
      const next = answers.shift();
      return next === undefined ? { done: 7 } : { seen: next };
    });
    expect(found).toBe(7);
    expect(seen).toEqual(['NotReady', 'Unknown']);
  });

  it('ends at the deadline with the last observation', async () => {
    const error = await failure(
      waitUntil({ ...request, limitMs: 50, hint: 'do this' }, async () => ({ seen: 'NotReady' })),
    );
    expect(error).toBeInstanceOf(WaitError);
    expect(error).toMatchObject({ code: 'wait-timed-out', exitCode: 3, hint: 'do this', where: 'node x' });
    expect(error.message).toBe('waiting until node x is Ready (node x): not so after 0 s; last seen: NotReady');
  });

  it('ends at the deadline while a probe hangs, and while one fails because of the deadline', async () => {
    let tries = 0;
    const hanging = failure(
      waitUntil({ ...request, limitMs: 50 }, async () => {
        tries += 1;
        return tries === 1 ? { seen: 'one look' } : new Promise(() => undefined);
      }),
    );
    expect((await hanging).message).toContain('last seen: one look');
    const failing = failure(
      waitUntil(
        { ...request, limitMs: 50 },
        (signal) =>
          new Promise((_, reject) => {
            signal.addEventListener('abort', () => reject(new Error('request aborted')));
          }),
      ),
    );
    expect((await failing).message).toContain('last seen: nothing, the first look had not ended');
  });

  it("lets the probe's own failure through at once", async () => {
    const broken = new DindError({ code: 'broken', source: 'bug', doing: 'looking', observed: 'no eyes' });
    expect(
      await failure(
        waitUntil(request, async () => {
          throw broken;
        }),
      ),
    ).toBe(broken);
  });

  it('ends when it is interrupted, in the pause and before the first look', async () => {
    const controller = new AbortController();
    const start = Date.now();
    const pending = failure(
      waitUntil({ ...request, intervalMs: 60_000, limitMs: 60_000, signal: controller.signal }, async () => {
        setTimeout(() => controller.abort(), 10);
        return { seen: 'something' };
      }),
    );
    expect(await pending).toMatchObject({ code: 'interrupted', exitCode: 130, doing: 'waiting until node x is Ready' });
    expect(Date.now() - start).toBeLessThan(1000);
    let looks = 0;
    await failure(
      waitUntil({ ...request, signal: AbortSignal.abort() }, async () => {
        looks += 1;
        return { done: 1 };
      }),
    );
    expect(looks).toBe(0);
  });

  it("throws the signal's own DindError, and calls a time-out by its name", async () => {
    const reason = new DindError({ code: 'other-step-failed', source: 'environment', doing: 'x', observed: 'y' });
    expect(await failure(waitUntil({ ...request, signal: AbortSignal.abort(reason) }, async () => ({ done: 1 })))).toBe(
      reason,
    );
    expect(
      await failure(waitUntil({ ...request, signal: AbortSignal.timeout(10) }, async () => ({ seen: '' }))),
    ).toMatchObject({ code: 'timed-out', exitCode: 3 });
  });

  async function failure(promise: Promise<unknown>): Promise<Error> {
    return promise.then(
      () => {
        throw new Error('it did not fail');
      },
      (error: Error) => error,
    );
  }
});
