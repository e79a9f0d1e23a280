import { loadImage } from '../index.js';
import type { Registration } from './verb.js';

export const registerLoadImage: Registration = (program, run) => {
  program
    .command('load-image')
    .description('put an image of the engine’s, or of an archive, on every node')
    .argument('<source>', 'image name, or path of an archive made by `docker save`')
    .action((source: string) =>
      run('load-image', { afterInterruption: '`npm run load-image` again completes it' }, ({ context }) =>
        loadImage(context, source),
      ),
    );
};
