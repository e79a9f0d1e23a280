import { loadImages } from '../index.js';
import type { Registration } from './verb.js';
import { howTo } from '../how-to.js';

export const registerLoadImage: Registration = (program, run) => {
  program
    .command('load-image')
    .description('put images of the engine’s, or of archives, on every node')
    .argument('<source...>', 'image names, or paths of archives made by `docker save`')
    .action((sources: string[]) =>
      run('load-image', { afterInterruption: `\`${howTo('load-image')}\` again completes it` }, ({ context }) =>
        loadImages(context, sources),
      ),
    );
};
