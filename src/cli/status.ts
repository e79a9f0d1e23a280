import { status } from '../index.js';
import { renderStatus } from './render-status.js';
import type { Registration } from './verb.js';

export const registerStatus: Registration = (program, run) => {
  program
    .command('status')
    .description('show what runs and how it is')
    .option('--json', 'for programs', false)
    .action((options: { json: boolean }) =>
      run('status', {}, async ({ context, streams }) => {
        const seen = await status(context);
        streams.stdout.write(options.json ? `${JSON.stringify(seen, null, 2)}\n` : renderStatus(seen));
      }),
    );
};
