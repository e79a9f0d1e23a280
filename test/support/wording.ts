import { asScript } from '../../src/cli/wording.js';
import { wordFor } from '../../src/how-to.js';

/** What `action` gives, its texts naming commands as who works in a checkout types them. */
export function asTyped<T>(action: () => T): T {
  return wordFor(asScript, action);
}
