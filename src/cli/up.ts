import { up } from '../index.js';
import type { Registration } from './verb.js';

export const registerUp: Registration = (program, run) => {
  program
    .command('up')
    .description('bring the cluster up, or complete what is missing of it')
    .action(() =>
      run(
        'up',
        { startsEngine: 'always', afterInterruption: '`npm run up` completes it, `npm run clean` removes it' },
        ({ context }) => up(context),
      ),
    );
};
