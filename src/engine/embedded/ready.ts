import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { watch } from 'node:fs';
import { access } from 'node:fs/promises';
import { request, type IncomingMessage } from 'node:http';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { DindError, WaitError } from '../../errors.js';

/** Waits until the engine that `child` becomes answers on `socket`. Throws DindError when it ends before, WaitError when it takes too long. */
export async function waitForEngine(options: {
  child: ChildProcess;
  socket: string;
  limitMs: number;
  signal?: AbortSignal | undefined;
  readLog: () => Promise<string>;
}): Promise<void> {
  const { child, socket, limitMs } = options;
  const limit = AbortSignal.timeout(limitMs);
  const over = new AbortController();
  const signal = AbortSignal.any([limit, over.signal, ...(options.signal === undefined ? [] : [options.signal])]);
  try {
    await Promise.race([
      socketAppears(socket, signal).then(() => ping(socket, signal)),
      once(child, 'exit', { signal }).then(async ([status]) => {
        throw new DindError({
          code: 'embedded-engine-failed',
          source: 'environment',
          doing: 'starting the embedded engine',
          where: socket,
          observed: `it ended with exit code ${String(status)}\n${tail(await options.readLog())}`,
        });
      }),
    ]);
  } catch (error) {
    options.signal?.throwIfAborted();
    if (!limit.aborted) throw error;
    throw new WaitError({
      condition: 'the embedded engine answers',
      where: socket,
      limitMs,
      lastObserved: tail(await options.readLog()),
    });
  } finally {
    over.abort();
  }
}

/** Returns when the engine answers a ping. */
export async function engineAnswers(socket: string, limitMs: number, signal?: AbortSignal): Promise<void> {
  const limit = AbortSignal.timeout(limitMs);
  try {
    await ping(socket, signal === undefined ? limit : AbortSignal.any([limit, signal]));
  } catch (error) {
    signal?.throwIfAborted();
    if (!limit.aborted) throw error;
    throw new WaitError({
      condition: 'the embedded engine answers',
      where: socket,
      limitMs,
      lastObserved: 'no answer to a ping',
    });
  }
}

/** The engine listens early and answers when it is ready, so that one request is the wait. */
async function ping(socket: string, signal: AbortSignal): Promise<void> {
  for (;;) {
    try {
      const [response] = (await once(request({ socketPath: socket, path: '/_ping', signal }).end(), 'response')) as [
        IncomingMessage,
      ];
      response.destroy();
      return;
    } catch (error) {
      signal.throwIfAborted();
      // Between bind and listen, or while the engine's proxy is not up yet.
      if (!['ECONNREFUSED', 'ENOENT', 'ECONNRESET'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
      await delay(50, undefined, { signal });
    }
  }
}

async function socketAppears(socket: string, signal: AbortSignal): Promise<void> {
  const watcher = watch(dirname(socket), { signal });
  watcher.on('error', () => undefined);
  try {
    while (
      !(await access(socket).then(
        () => true,
        () => false,
      ))
    )
      await once(watcher, 'change', { signal });
  } finally {
    watcher.close();
  }
}

function tail(log: string): string {
  return log.trim().split('\n').slice(-15).join('\n');
}
