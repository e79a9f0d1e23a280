import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import { interruptError, throwIfInterrupted } from '../interrupt.js';
import { talk } from './attached-stream.js';
import { putAbsoluteFiles } from './container-files.js';
import { createContainer, removeContainer, startContainer } from './containers.js';
import { ask, engineError } from './engine-error.js';
import type { Connection } from './transport.js';
import type { ContainerSpec, ExecResult, RunOptions } from './types.js';

export type { RunOptions } from './types.js';

/**
 * Runs a throw-away container to its end, whatever its exit code, and removes it in every case. An abort removes it at once. Where this process is
 * killed, the container's input ends and the engine removes it when it has ended; one that had not been started yet is for cluster/throw-aways.ts.
 */
export async function runContainer(
  connection: Connection,
  spec: ContainerSpec,
  options: RunOptions = {},
): Promise<ExecResult> {
  const doing = `running a container of ${spec.image}`;
  const { signal } = options;
  throwIfInterrupted(signal, doing, connection.endpoint);
  const stdin = options.stdin !== undefined;
  const container = await createContainer(connection, spec, { stdin });
  const abort = (): void => void removeContainer(connection, container.id).catch(() => undefined);
  signal?.addEventListener('abort', abort, { once: true });
  try {
    throwIfInterrupted(signal, doing, connection.endpoint);
    if (options.files !== undefined) await putAbsoluteFiles(connection, container.id, spec.mounts ?? [], options.files);
    const result = await attachAndStart(connection, container.id, doing, options);
    throwIfInterrupted(signal, doing, connection.endpoint);
    return result;
  } catch (error) {
    if (signal?.aborted === true) throw interruptError(signal, doing, connection.endpoint);
    throw engineError(error, doing, connection.endpoint);
  } finally {
    signal?.removeEventListener('abort', abort);
    // A container that cannot be removed must not hide how the run ended; its label leads `clean` to it.
    await removeContainer(connection, container.id).catch(() => undefined);
  }
}

async function attachAndStart(
  connection: Connection,
  id: string,
  doing: string,
  options: RunOptions,
): Promise<ExecResult> {
  const container = connection.docker.getContainer(id);
  const stdin = options.stdin !== undefined;
  // Before the start, or the first output would be missed.
  const stream = (await ask(connection.endpoint, doing, () =>
    container.attach({ stream: true, stdout: true, stderr: true, stdin, hijack: true }),
  )) as Duplex;
  try {
    const end = await listenForEnd(connection, id, doing);
    await startContainer(connection, id);
    const { onLine, onOutput } = options;
    const output = await talk(stream, {
      stdin: options.stdin,
      onLine,
      onOutput,
    });
    return { exitCode: await end.exitCode, ...output };
  } finally {
    stream.destroy();
  }
}

/** Before the start, since nothing is left to ask afterwards. The engine sends its headers as soon as it listens, and the rest at the container's end. */
async function listenForEnd(
  { docker, endpoint }: Connection,
  id: string,
  doing: string,
): Promise<{ exitCode: Promise<number> }> {
  const modem = docker.modem as {
    dial: (options: object, callback: (error: Error | null, response: IncomingMessage) => void) => void;
  };
  const request = {
    path: `/containers/${id}/wait?`,
    method: 'POST',
    options: { condition: 'next-exit' },
    isStream: true,
    statusCodes: { 200: true, 404: 'no such container', 500: 'server error' },
  };
  const response = await ask(
    endpoint,
    doing,
    () =>
      new Promise<IncomingMessage>((resolve, reject) => {
        modem.dial(request, (error, answer) => {
          if (error === null) resolve(answer);
          else reject(error);
        });
      }),
  );
  const exitCode = ask(
    endpoint,
    doing,
    async () => (JSON.parse(await text(response)) as { StatusCode: number }).StatusCode,
  );
  // Nobody asks for it when the start fails.
  exitCode.catch(() => undefined);
  return { exitCode };
}
