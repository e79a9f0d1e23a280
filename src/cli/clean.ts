import { clean } from '../index.js';
import type { Context } from '../cluster/context.js';
import { NeverHadEngineError } from '../engine/embedded/down-error.js';
import type { Registration } from './verb.js';
import { howTo } from '../how-to.js';

export const registerClean: Registration = (program, run) => {
  program
    .command('clean')
    .description('remove all of the cluster and restore the host')
    .option('--images', 'remove the images and caches too', false)
    .action((options: { images: boolean }) =>
      run(
        'clean',
        { startsEngine: 'if-made', afterInterruption: `\`${howTo('clean')}\` again removes the rest` },
        ({ context }) => cleanWhatIsThere(context, options),
      ),
    );
};

/** Where there is no engine there is no cluster, and that is what was asked for. */
async function cleanWhatIsThere(context: Context, options: { images: boolean }): Promise<void> {
  try {
    await clean(context, options);
  } catch (error) {
    if (!(error instanceof NeverHadEngineError)) throw error;
    context.reporter.report({
      type: 'summary',
      title: 'nothing to remove',
      lines: ['No Docker is installed here, and the embedded engine was never started.'],
    });
  }
}
