import { down } from '../index.js';
import type { Registration } from './verb.js';
import { howTo } from '../how-to.js';

export const registerDown: Registration = (program, run) => {
  program
    .command('down')
    .description('remove nodes, their volumes, host rules and the context; keep networks, helpers, images')
    .action(() =>
      run(
        'down',
        { startsEngine: 'if-made', afterInterruption: `\`${howTo('down')}\` again removes the rest` },
        ({ context }) => down(context),
      ),
    );
};
