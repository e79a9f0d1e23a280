import { DindError } from '../../../src/errors.js';
import { mergeKubeconfig } from '../../../src/kubeconfig/merge.js';
import { entry } from './fixtures.js';

/** Merges one cluster in a process of its own: `FILE CONTEXT [nobody]`. Prints a DindError as JSON. */
const [file = '', context = '', user] = process.argv.slice(2);
// Modules are loaded by now: an unprivileged user might not be able to read them.
if (user === 'nobody') process.setuid?.(65534);
try {
  await mergeKubeconfig({ ...entry, files: [file], context });
} catch (error) {
  if (!(error instanceof DindError)) throw error;
  process.stdout.write(
    JSON.stringify({ code: error.code, where: error.where, observed: error.observed, hint: error.hint }),
  );
}
