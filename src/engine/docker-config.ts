import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { DindError } from '../errors.js';

const schema = z.object({
  currentContext: z.string().optional(),
  auths: z
    .record(z.string(), z.object({ auth: z.string().optional(), identitytoken: z.string().optional() }))
    .optional(),
  credsStore: z.string().optional(),
  credHelpers: z.record(z.string(), z.string()).optional(),
});

/** The parts of Docker's config.json that matter here: the chosen context and where registry credentials are. */
export type DockerConfig = z.infer<typeof schema>;

/** Reads `<directory>/config.json`; an absent one is an empty one. Throws `docker-config-unreadable`. */
export async function readDockerConfig(directory: string): Promise<DockerConfig> {
  const path = join(directory, 'config.json');
  try {
    return schema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw new DindError({
      code: 'docker-config-unreadable',
      source: 'user',
      doing: "reading Docker's configuration",
      where: path,
      observed: error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message,
      hint: 'correct the file, or name another folder with DOCKER_CONFIG',
      cause: error,
    });
  }
}
