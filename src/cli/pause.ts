import { pause, unpause } from '../index.js';
import type { Registration } from './verb.js';
import { howTo } from '../how-to.js';

export const registerPause: Registration = (program, run) => {
  program
    .command('pause')
    .description('freeze the cluster: it keeps its memory and uses no CPU')
    .action(() =>
      run(
        'pause',
        { afterInterruption: `\`${howTo('pause')}\` again completes it, \`${howTo('unpause')}\` takes it back` },
        ({ context }) => pause(context),
      ),
    );
  program
    .command('unpause')
    .description('let a paused cluster go on')
    .action(() =>
      run('unpause', { afterInterruption: `\`${howTo('unpause')}\` again completes it` }, ({ context }) =>
        unpause(context),
      ),
    );
};
