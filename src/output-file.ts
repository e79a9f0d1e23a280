import { open, rm, type FileHandle } from 'node:fs/promises';
import { resolve } from 'node:path';
import { DindError } from './errors.js';

/** A file that a result goes to. It is opened before the work is done, and what it held is replaced only when there is something to write. */
export interface OutputFile extends AsyncDisposable {
  /** Absolute. */
  readonly path: string;
  /** Replaces the file's content. Throws DindError `output-not-written`. */
  write(content: string): Promise<void>;
  /** Adds to what `write` wrote. Throws DindError `output-not-written`. */
  append(content: Buffer): Promise<void>;
}

/** Opens, or makes, a file to write to; one that was made and not written is removed again. Throws DindError `output-not-written`. */
export async function openOutputFile(file: string): Promise<OutputFile> {
  const path = resolve(file);
  const attempt = <T>(work: () => Promise<T>): Promise<T> =>
    work().catch((error: unknown) => {
      throw outputNotWritten(path, error);
    });
  const { handle, made } = await attempt(() => openForWriting(path));
  let written = false;
  return {
    path,
    write: (content) =>
      attempt(async () => {
        written = true;
        // Devices and pipes have nothing to be replaced.
        if ((await handle.stat()).isFile()) await handle.truncate(0);
        await handle.appendFile(content);
      }),
    append: (content) => attempt(() => handle.appendFile(content)),
    [Symbol.asyncDispose]: async () => {
      await handle.close();
      if (made && !written) await rm(path, { force: true });
    },
  };
}

/** Where a result is to be written as well, and as what; without a file nowhere. */
export interface Output<T> {
  file: string | undefined;
  render: (result: T) => string;
}

/**
 * Makes a result, tells it, and writes it to its files, which are opened before the work: what was measured is told even where a file cannot be
 * written, whose DindError `output-not-written` comes after that.
 */
export async function writeOutputs<T>(
  outputs: readonly Output<T>[],
  work: () => Promise<T>,
  tell: (result: T) => void,
): Promise<T> {
  const [first, ...others] = outputs;
  if (first === undefined) {
    const result = await work();
    tell(result);
    return result;
  }
  if (first.file === undefined) return writeOutputs(others, work, tell);
  await using file = await openOutputFile(first.file);
  const result = await writeOutputs(others, work, tell);
  await file.write(first.render(result));
  return result;
}

/** A file system's error about a file that the user named for a result. */
function outputNotWritten(path: string, error: unknown): DindError {
  return new DindError({
    code: 'output-not-written',
    source: 'environment',
    doing: 'writing a result',
    where: path,
    observed: error instanceof Error ? error.message : String(error),
    hint: 'name another file, or make room for it and its folder writable',
    cause: error,
  });
}

/** Not truncated: the work may fail, and what was there is kept then. */
async function openForWriting(path: string): Promise<{ handle: FileHandle; made: boolean }> {
  try {
    return { handle: await open(path, 'ax'), made: true };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return { handle: await open(path, 'a'), made: false };
  }
}
