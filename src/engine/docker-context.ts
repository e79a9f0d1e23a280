import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { DindError } from '../errors.js';
import { readTlsFiles, type TlsFiles } from './tls-files.js';

const schema = z.object({
  Endpoints: z.object({
    docker: z.object({ Host: z.string().default(''), SkipTLSVerify: z.boolean().default(false) }),
  }),
});

export interface DockerContext {
  host: string;
  tls: TlsFiles | undefined;
}

/**
 * Reads a context of Docker's client from its store: `contexts/meta/<sha256 of the name>/meta.json`, TLS files beside it in
 * `contexts/tls/<id>/docker/`. Throws `docker-context-unreadable`.
 */
export async function readDockerContext(configDirectory: string, name: string): Promise<DockerContext> {
  const id = createHash('sha256').update(name).digest('hex');
  const path = join(configDirectory, 'contexts', 'meta', id, 'meta.json');
  let endpoint: { Host: string; SkipTLSVerify: boolean };
  try {
    endpoint = schema.parse(JSON.parse(await readFile(path, 'utf8'))).Endpoints.docker;
  } catch (error) {
    const absent = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new DindError({
      code: 'docker-context-unreadable',
      source: 'user',
      doing: `reading Docker context ${name}`,
      where: path,
      observed: absent
        ? 'there is no such context'
        : error instanceof z.ZodError
          ? z.prettifyError(error)
          : (error as Error).message,
      hint: '`docker context ls` lists them; `docker context use default` goes back to the local engine',
      cause: error,
    });
  }
  const tls = await readTlsFiles(join(configDirectory, 'contexts', 'tls', id, 'docker'));
  if (tls === undefined && !endpoint.SkipTLSVerify) return { host: endpoint.Host, tls: undefined };
  return { host: endpoint.Host, tls: { ...tls, verify: !endpoint.SkipTLSVerify } };
}
