import { stringify } from 'yaml';
import { plan } from '../index.js';
import type { Registration } from './verb.js';

export const registerPlan: Registration = (program, run) => {
  program
    .command('plan')
    .description('show what `up` would make; change nothing')
    .option('--json', 'for programs', false)
    .action((options: { json: boolean }) =>
      run('plan', {}, async ({ context, streams }) => {
        const result = await plan(context);
        streams.stdout.write(
          options.json
            ? `${JSON.stringify(result, null, 2)}\n`
            : stringify(result.plan, { aliasDuplicateObjects: false, lineWidth: 0 }),
        );
        if (result.unknown.length > 0)
          context.reporter.report({ type: 'notice', level: 'warning', text: result.unknown.join('\n  ') });
      }),
    );
};
