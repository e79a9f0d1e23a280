import { doctor } from '../index.js';
import { renderDoctor } from './render-doctor.js';
import type { Registration } from './verb.js';

export const registerDoctor: Registration = (program, run) => {
  program
    .command('doctor')
    .description('look for what keeps a cluster from working, on the engine, its host and this machine; change nothing')
    .option('--json', 'for programs', false)
    .action((options: { json: boolean }) =>
      run('doctor', {}, async ({ context, streams, paint }) => {
        const report = await doctor(context);
        streams.stdout.write(options.json ? `${JSON.stringify(report, null, 2)}\n` : renderDoctor(report, paint));
        return report.counts.failure > 0 ? 1 : 0;
      }),
    );
};
