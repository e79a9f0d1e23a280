import { Readable, type Duplex } from 'node:stream';
import { OutputCollector } from './output.js';
import type { ExecOptions, ExecResult, RunOptions } from './types.js';

/**
 * Talks to an attached process: sends stdin and then its end (the write side of the connection closes, the read side stays), and reads its output until the
 * engine closes the connection. A process that ends without reading all of its input is not an error; a source that fails is.
 */
export async function talk(
  stream: Duplex,
  options: Pick<ExecOptions, 'stdin' | 'onLine'> & Pick<RunOptions, 'onOutput'>,
): Promise<Omit<ExecResult, 'exitCode'>> {
  const output = new OutputCollector(options.onLine, options.onOutput);
  const ended = new Promise<void>((resolve, reject) => {
    stream.on('data', (chunk: Buffer) => output.write(chunk));
    stream.once('end', resolve);
    stream.once('close', resolve);
    // Both mean that the other side is gone, which is for the exit code to explain.
    stream.on('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EPIPE' || error.code === 'ECONNRESET' ? resolve() : reject(error),
    );
  });
  const sent = options.stdin === undefined ? Promise.resolve() : send(stream, options.stdin);
  try {
    await Promise.race([ended, sent.then(() => ended)]);
  } finally {
    stream.destroy();
    sent.catch(() => undefined);
  }
  return output.finish();
}

async function send(stream: Duplex, input: string | Buffer | Readable): Promise<void> {
  if (input instanceof Readable) {
    for await (const chunk of input) {
      if (!stream.writable) return;
      if (!stream.write(chunk)) await drained(stream);
    }
    stream.end();
  } else {
    stream.end(input);
  }
}

async function drained(stream: Duplex): Promise<void> {
  await new Promise<void>((resolve) => {
    const done = (): void => {
      stream.off('drain', done).off('close', done);
      resolve();
    };
    stream.once('drain', done).once('close', done);
  });
}
