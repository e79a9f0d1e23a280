import { labels } from '../labels.js';
import { listComponents, type Component } from './components.js';
import { readRecipe, type Recipe } from './recipe.js';
import type { NodeVersions } from './versions.js';

/** The helpers' images: a folder of images/ each, with a Dockerfile that begins with `ARG BASE` and `FROM ${BASE}`. */
export const helperNames = ['dns64', 'nat64', 'api'] as const;
export type HelperName = (typeof helperNames)[number];

/** What all images stand on. `debian` may be any Debian trixie: what is built is the same. */
export function readBaseRecipe(debian: string): Promise<Recipe> {
  return readRecipe({ name: 'base', folder: 'base', buildArgs: {}, neutralArgs: { DEBIAN: debian } });
}

export function readHelperRecipe(name: HelperName, base: string): Promise<Recipe> {
  return readRecipe({ name, folder: name, buildArgs: { BASE: base } });
}

export interface ComponentRecipe {
  component: Component;
  recipe: Recipe;
}

/** One image for each component of a node; `debian` is only where they are built. */
export function readComponentRecipes(versions: NodeVersions, debian: string): Promise<ComponentRecipe[]> {
  return Promise.all(
    listComponents(versions).map(async (component) => ({
      component,
      recipe: await readRecipe({
        name: component.name,
        folder: 'node/component',
        buildArgs: component.buildArgs,
        neutralArgs: { BASE: debian },
        wantsCaBundle: true,
      }),
    })),
  );
}

/** dind64's own node image, out of the base image and the components' images. */
export function readNodeRecipe(versions: NodeVersions, base: string, components: ComponentRecipe[]): Promise<Recipe> {
  const references = components.map(({ component, recipe }): [string, string] => [
    component.name.toUpperCase().replaceAll('-', '_'),
    recipe.reference,
  ]);
  const { kubernetes, containerd } = versions;
  return readRecipe({
    name: 'node',
    folder: 'node',
    exclude: 'component/',
    buildArgs: {
      ...Object.fromEntries(references),
      BASE: base,
      KUBERNETES_VERSION: kubernetes.version,
      ETCD_IMAGE_VERSION: kubernetes.etcdImage,
      COREDNS_VERSION: kubernetes.coredns,
      PAUSE_VERSION: kubernetes.pause,
      CONTAINERD_VERSION: containerd,
    },
    labels: { [labels.role]: 'node-image', [labels.base]: base },
  });
}
