import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Engine, FileEntry } from '../../src/engine/types.js';
import { hashContent } from '../../src/images/content-hash.js';
import { labels } from '../../src/labels.js';

const folder = fileURLToPath(new URL('kind-lookalike/', import.meta.url));

/** The labels of the node image below it would say that it holds the base image, and that dind64 built it. */
const notOurs = { [labels.base]: '', [labels.role]: 'test' };

/** An image with kindest/node's traits, made from dind64's own node image without a registry. Its reference; built once per content. */
export async function ensureKindLookalike(engine: Engine, nodeImage: string, signal?: AbortSignal): Promise<string> {
  const files = await readFiles();
  const buildArgs = { NODE: nodeImage };
  const tag = `dind64-test/kind-lookalike:${hashContent(files, buildArgs)}`;
  if ((await engine.findImage(tag)) === undefined)
    await engine.buildImage({ tag, files, buildArgs, labels: notOurs, ...(signal === undefined ? {} : { signal }) });
  return tag;
}

async function readFiles(): Promise<FileEntry[]> {
  const entries = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const paths = entries.map((entry) => join(entry.parentPath, entry.name)).sort();
  return Promise.all(
    paths.map(async (path) => ({
      path: path.slice(folder.length),
      content: await readFile(path),
      mode: (await stat(path)).mode & 0o777,
    })),
  );
}
