import { Readable } from 'node:stream';
import { DindError } from '../errors.js';
import { interruptError, throwIfInterrupted } from '../interrupt.js';
import { packFiles } from './archive.js';
import { engineError } from './engine-error.js';
import { failureOf, readMessages } from './progress-messages.js';
import type { Connection } from './transport.js';
import type { BuildRequest } from './types.js';

/**
 * Builds an image with the classic builder: it needs no session and is in every engine. Steps run in the engine host's network namespace, so that
 * a proxy on its loopback works, and engines without a bridge. Throws `build-failed` with the last 20 lines; an abort ends the build in the engine.
 */
export async function buildImage(connection: Connection, request: BuildRequest): Promise<void> {
  const doing = `building image ${request.tag}`;
  throwIfInterrupted(request.signal, doing, connection.endpoint);
  const lines: string[] = [];
  const tell = (line: string): void => {
    lines.push(line);
    if (lines.length > 20) lines.shift();
    request.onLine?.(line);
  };
  try {
    const context = Readable.from([await packFiles(request.files, new Date(0))]);
    const body = (await connection.docker.buildImage(context, {
      t: request.tag,
      buildargs: request.buildArgs,
      labels: request.labels,
      networkmode: 'host',
      forcerm: true,
      ...(request.target === undefined ? {} : { target: request.target }),
      ...(request.signal === undefined ? {} : { abortSignal: request.signal }),
    })) as Readable;
    await followBuild(body, tell);
  } catch (error) {
    if (request.signal?.aborted === true) throw interruptError(request.signal, doing, connection.endpoint);
    throw buildError(error, doing, connection.endpoint, lines);
  }
}

async function followBuild(body: Readable, tell: (line: string) => void): Promise<void> {
  let rest = '';
  for await (const message of readMessages(body)) {
    const failure = failureOf(message);
    if (failure !== undefined) {
      if (rest !== '') tell(rest);
      throw new Error(failure);
    }
    if (message.status !== undefined && message.progressDetail === undefined)
      tell(message.id === undefined ? message.status : `${message.id}: ${message.status}`);
    // Output comes in pieces, and progress bars of tools overwrite their line with \r.
    const parts = (rest + (message.stream ?? '')).split(/\r?\n/);
    rest = parts.pop() ?? '';
    for (const part of parts) if (part.trim() !== '') tell(lastOverwrite(part));
  }
  if (rest.trim() !== '') tell(lastOverwrite(rest));
}

function lastOverwrite(line: string): string {
  return line.slice(line.replace(/\r+$/, '').lastIndexOf('\r') + 1).trimEnd();
}

function buildError(error: unknown, doing: string, endpoint: string, lines: string[]): DindError {
  // A full disk is named by a tool in the output, while the engine only tells the exit code.
  const full = lines.find((line) => /no space left on device/i.test(line));
  const plain = engineError(error, doing, endpoint);
  const { hint } = full === undefined ? plain : engineError(new Error(full), doing, endpoint);
  const tail = lines.length === 0 ? '' : `\n${lines.join('\n')}`;
  return new DindError({
    code: full !== undefined ? 'disk-full' : plain.code === 'engine-failed' ? 'build-failed' : plain.code,
    source: 'environment',
    doing,
    where: endpoint,
    observed: `${plain.observed}${tail}`,
    hint,
    cause: error,
  });
}
