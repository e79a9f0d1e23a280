import { helperNames, readBaseRecipe, readHelperRecipe } from './catalog.js';
import type { ImageContext } from './context.js';
import { listNodeImages } from './node-image.js';

/** Which of the images that `up` needs the engine has, by reference. Nothing is pulled or built. */
export async function findNeededImages(
  context: Pick<ImageContext, 'engine' | 'settings'>,
): Promise<{ present: string[]; missing: string[] }> {
  const { reference: base } = await readBaseRecipe('');
  const helpers = await Promise.all(helperNames.map(async (name) => (await readHelperRecipe(name, base)).reference));
  // Of the node image's choices one is enough.
  const groups = [[base], ...helpers.map((reference) => [reference]), await listNodeImages(context.settings, base)];
  const found = await Promise.all(
    groups.map(async (references) => {
      const images = await Promise.all(references.map((reference) => context.engine.findImage(reference)));
      return { reference: references.find((_, index) => images[index] !== undefined), first: references[0] ?? '' };
    }),
  );
  return {
    present: found.flatMap(({ reference }) => (reference === undefined ? [] : [shorten(reference)])),
    missing: found.flatMap(({ reference, first }) => (reference === undefined ? [shorten(first)] : [])),
  };
}

/** Without a digest behind the tag. */
function shorten(reference: string): string {
  return reference.replace(/@sha256:.*/, '');
}
