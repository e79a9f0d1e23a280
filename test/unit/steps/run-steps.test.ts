import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { runRemoval, runSteps } from '../../../src/steps/run-steps.js';
import { DindError } from '../../../src/errors.js';
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

describe('runRemoval', () => {
  const broken = (log: string[], id: string, after: string[] = []): RemovalStep =>
    recorded(log, id, after, () =>
      Promise.reject(
        new DindError({ code: 'x', source: 'user', doing: id, observed: 'it is broken', hint: `mend ${id}` }),
      ),
    );

  it('goes on after a step that fails, leaves out what needs it, and says all of it at the end', async () => {
    const log: string[] = [];
    const done = runRemoval(
      [
        broken(log, 'kubeconfig'),
        broken(log, 'nodes'),
        { ...recorded(log, 'rules', []), needs: ['nodes'] },
        recorded(log, 'networks', ['nodes']),
        { ...recorded(log, 'host', []), needs: ['rules'] },
      ],
      { ...context(), clusterName: 'kubeadm-dind', engine: { endpoint: 'unix:///x' } as RemovalContext['engine'] },
    );
    await expect(done).rejects.toMatchObject({
      code: 'removal-incomplete',
      exitCode: 1,
      observed: [
        'kubeconfig: kubeconfig: it is broken',
        'nodes: nodes: it is broken',
        'rules: left out, since nodes did not succeed',
        'host: left out, since rules did not succeed',
      ].join('\n'),
    });
    await expect(done).rejects.toMatchObject({
      hint: expect.stringContaining('mend kubeconfig\nmend nodes\n') as string,
    });
    expect(log).toContain('networks ends');
    expect(log).not.toContain('rules starts');
  });
});
