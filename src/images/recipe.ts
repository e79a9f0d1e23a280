import type { FileEntry } from '../engine/types.js';
import { labels } from '../labels.js';
import { hashContent } from './content-hash.js';
import { readImageFiles } from './image-files.js';

/**
 * What images that are made here are called. The first part is a registry's host: one named `dind64/...` that is missing would be pulled, by a build's `FROM` or
 * by a node, from whoever has that name at Docker Hub.
 */
export const localNames = 'localhost/dind64/';

/** An image that dind64 builds: the context is a folder of images/, the tag its content. */
export interface Recipe {
  name: string;
  /** `localhost/dind64/<name>:<hash>`. */
  reference: string;
  files: FileEntry[];
  buildArgs: Record<string, string>;
  labels: Record<string, string>;
  /** Whether its build fetches over TLS with tools that need to be told of the user's CA bundle. */
  wantsCaBundle: boolean;
}

export interface RecipeInput {
  name: string;
  folder: string;
  /** Files below the folder that belong to another image: their paths begin with this. */
  exclude?: string;
  buildArgs: Record<string, string>;
  /** Build arguments that do not change what comes out, such as where the base file system came from. */
  neutralArgs?: Record<string, string>;
  labels?: Record<string, string>;
  wantsCaBundle?: boolean;
}

/** Reads a folder of images/ and names the image that it makes with these arguments. */
export async function readRecipe({
  name,
  folder,
  exclude,
  buildArgs,
  neutralArgs,
  labels: more,
  wantsCaBundle,
}: RecipeInput): Promise<Recipe> {
  const files = (await readImageFiles(folder)).filter(
    ({ path }) => !path.endsWith('README.md') && (exclude === undefined || !path.startsWith(exclude)),
  );
  const hash = hashContent(files, buildArgs);
  return {
    name,
    reference: `${localNames}${name}:${hash}`,
    files,
    buildArgs: { ...neutralArgs, ...buildArgs },
    labels: { [labels.content]: hash, ...more },
    wantsCaBundle: wantsCaBundle ?? false,
  };
}
