import { Argument } from 'commander';
import { setAaaa } from '../index.js';
import type { Registration } from './verb.js';
import { howTo } from '../how-to.js';

export const registerAaaa: Registration = (program, run) => {
  program
    .command('aaaa')
    .description('change whether the live cluster uses AAAA records, without restarting anything')
    .addArgument(
      new Argument(
        '<use>',
        'on: IPv6 sites directly; off: everything through NAT64; auto: on where the host has IPv6 egress',
      ).choices(['on', 'off', 'auto']),
    )
    .option('--json', 'for programs', false)
    .action((use: 'on' | 'off' | 'auto', options: { json: boolean }) =>
      run(
        'aaaa',
        { afterInterruption: `\`${howTo(`aaaa ${use}`)}\` again completes it` },
        async ({ context, streams }) => {
          const result = await setAaaa(context, use);
          const { aaaa, reason, changed, durationMs } = result;
          streams.stdout.write(
            options.json
              ? `${JSON.stringify(result, null, 2)}\n`
              : `AAAA use is ${aaaa ? 'on' : 'off'} (${reason}); ${changed ? 'changed' : 'as before'}, ${(durationMs / 1000).toFixed(1)} s\n`,
          );
        },
      ),
    );
};
