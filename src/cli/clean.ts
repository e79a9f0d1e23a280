import { clean } from '../index.js';
import type { Registration } from './verb.js';

export const registerClean: Registration = (program, run) => {
  program
    .command('clean')
    .description('remove all of the cluster and restore the host')
    .option('--images', 'remove the images and caches too', false)
    .action((options: { images: boolean }) =>
      run('clean', { startsEngine: true, afterInterruption: '`npm run clean` again removes the rest' }, ({ context }) => clean(context, options)));
};
