import { readFile } from 'node:fs/promises';
import { DindError } from '../errors.js';
import type { EngineEnvironment } from '../settings/types.js';

/** The CA bundle that the user's tools trust, as PEM; `undefined`: none is named. Throws DindError `ca-bundle-unreadable`. */
export async function readCaBundle({
  caBundle: path,
}: Pick<EngineEnvironment, 'caBundle'>): Promise<string | undefined> {
  if (path === undefined) return undefined;
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new DindError({
      code: 'ca-bundle-unreadable',
      source: 'user',
      doing: 'reading the CA bundle',
      where: path,
      observed: error instanceof Error ? error.message : String(error),
      exitCode: 2,
      hint: 'SSL_CERT_FILE or NODE_EXTRA_CA_CERTS names this file: correct it, or unset it',
      cause: error,
    });
  }
}
