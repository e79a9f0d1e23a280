import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { runSteps } from '../../../src/steps/run-steps.js';
import type { RemovalContext, RemovalStep } from '../../../src/cluster/step.js';

const context = (signal: AbortSignal = new AbortController().signal): RemovalContext =>
  ({
    reporter: { report: () => undefined, close: () => undefined },
    log: pino({ level: 'silent' }),
    signal,
  }) as unknown as RemovalContext;

function recorded(
  log: string[],
  id: string,
  after: string[],
  work: (signal: AbortSignal) => Promise<void> = () => Promise.resolve(),
): RemovalStep {
  return {
    id,
    title: id,
    after,
    run: async ({ signal }) => {
      log.push(`${id} starts`);
      await work(signal);
      log.push(`${id} ends`);
      return { result: 'done' };
    },
  };
}

describe('runSteps', () => {
  it('starts a step when those it comes after are done, and others side by side', async () => {
    const log: string[] = [];
    const gate = openGate();
    await runSteps(
      [
        recorded(log, 'a', [], () => gate.promise),
        recorded(log, 'b', [], () => {
          gate.resolve();
          return Promise.resolve();
        }),
        recorded(log, 'c', ['a', 'b']),
      ],
      context(),
    );
    // b could not open the gate if it waited for a.
    expect(log.slice(0, 2)).toEqual(['a starts', 'b starts']);
    expect(log.slice(4)).toEqual(['c starts', 'c ends']);
  });

  it('ends the others at the first failure, starts none after it, and throws it when all have ended', async () => {
    const log: string[] = [];
    const patient = recorded(
      log,
      'patient',
      [],
      (signal) =>
        new Promise((resolve) =>
          signal.addEventListener('abort', () => {
            log.push('patient is told');
            resolve();
          }),
        ),
    );
    const failing = recorded(log, 'failing', [], () => Promise.reject(new Error('broken')));
    await expect(runSteps([patient, failing, recorded(log, 'later', ['failing'])], context())).rejects.toThrow(
      'broken',
    );
    expect(log).toEqual(['patient starts', 'failing starts', 'patient is told', 'patient ends']);
  });

  it('refuses a list in which a step comes after one that is not before it', async () => {
    await expect(runSteps([recorded([], 'a', ['nowhere'])], context())).rejects.toThrow('a comes after nowhere');
  });
});

function openGate(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
