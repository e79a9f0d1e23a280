import type { Duplex, Readable } from 'node:stream';
import { interruptError, throwIfInterrupted } from '../interrupt.js';
import { talk } from './attached-stream.js';
import { putAbsoluteFiles } from './container-files.js';
import { createContainer, removeContainer, startContainer } from './containers.js';
import { ask, engineError } from './engine-error.js';
import type { Connection } from './transport.js';
import type { ContainerSpec, ExecResult, FileEntry } from './types.js';

export interface RunOptions {
  stdin?: string | Buffer | Readable;
  signal?: AbortSignal;
  /** Absolute paths. */
  files?: FileEntry[];
  onLine?: (line: string) => void;
}

/** Runs a throw-away container to its end, whatever its exit code, and removes it in every case. An abort removes it at once. */
export async function runContainer(connection: Connection, spec: ContainerSpec, options: RunOptions = {}): Promise<ExecResult> {
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

async function attachAndStart(connection: Connection, id: string, doing: string, options: RunOptions): Promise<ExecResult> {
  const container = connection.docker.getContainer(id);
  const stdin = options.stdin !== undefined;
  // Before the start, or the first output would be missed.
  const stream = (await ask(connection.endpoint, doing, () => container.attach({ stream: true, stdout: true, stderr: true, stdin, hijack: true }))) as Duplex;
  try {
    await startContainer(connection, id);
    const { onLine } = options;
    const output = await talk(stream, { ...(options.stdin === undefined ? {} : { stdin: options.stdin }), ...(onLine === undefined ? {} : { onLine: (line) => onLine(line) }) });
    const { StatusCode } = (await ask(connection.endpoint, doing, () => container.wait({ condition: 'not-running' }))) as { StatusCode: number };
    return { exitCode: StatusCode, ...output };
  } finally {
    stream.destroy();
  }
}
