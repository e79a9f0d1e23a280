import { dump } from '../index.js';
import type { Registration } from './verb.js';

export const registerDump: Registration = (program, run) => {
  program
    .command('dump')
    .description('save everything that a maintainer needs from a broken cluster, without secrets')
    .option(
      '--to <path>',
      'a folder, or an archive (.tar.gz, .tgz); default: in the state folder, where the last ten stay',
    )
    .option('--all-logs', "logs of pods of all namespaces, not of Kubernetes' own alone: they may hold anything", false)
    .option('--json', 'for programs', false)
    .action((options: { to?: string; allLogs: boolean; json: boolean }) =>
      run('dump', {}, async ({ context, streams }) => {
        const result = await dump(context, { to: options.to, allLogs: options.allLogs });
        streams.stdout.write(
          options.json
            ? `${JSON.stringify(result, null, 2)}\n`
            : `${result.index === 'index.html' ? result.path : result.index}\n`,
        );
      }),
    );
};
