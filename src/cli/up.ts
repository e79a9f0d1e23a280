import { up } from '../index.js';
import type { Registration } from './verb.js';
import { howTo } from '../how-to.js';

export const registerUp: Registration = (program, run) => {
  program
    .command('up')
    .description('bring the cluster up, or complete what is missing of it')
    .action(() =>
      run(
        'up',
        {
          startsEngine: 'always',
          afterInterruption: `\`${howTo('up')}\` completes it, \`${howTo('clean')}\` removes it`,
        },
        ({ context }) => up(context),
      ),
    );
};
