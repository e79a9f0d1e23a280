import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DindError } from '../errors.js';

/** What a TLS connection to an engine uses. `verify` false: the engine's certificate is not checked. */
export interface TlsFiles {
  ca?: Buffer;
  cert?: Buffer;
  key?: Buffer;
  verify?: boolean;
}

/** Reads ca.pem, cert.pem and key.pem, each optional, as Docker's client does. `undefined` when there is none of them. */
export async function readTlsFiles(directory: string): Promise<TlsFiles | undefined> {
  const files: TlsFiles = {};
  for (const part of ['ca', 'cert', 'key'] as const) {
    const content = await readIfPresent(join(directory, `${part}.pem`));
    if (content !== undefined) files[part] = content;
  }
  return Object.keys(files).length === 0 ? undefined : files;
}

async function readIfPresent(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new DindError({
      code: 'engine-tls-unreadable',
      source: 'user',
      doing: "reading the engine's TLS files",
      where: path,
      observed: (error as Error).message,
      cause: error,
    });
  }
}
