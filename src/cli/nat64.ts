import { Argument } from 'commander';
import { setNat64Engine } from '../index.js';
import type { Nat64Engine } from '../settings/types.js';
import type { Registration } from './verb.js';
import { howTo } from '../how-to.js';

export const registerNat64: Registration = (program, run) => {
  program
    .command('nat64')
    .description('change the NAT64 translator of the live cluster; connections go on')
    .addArgument(
      new Argument(
        '<engine>',
        "ebpf: at the kernel's speed; tayga: on every kernel; auto: ebpf where the kernel takes it",
      ).choices(['ebpf', 'tayga', 'auto']),
    )
    .option('--json', 'for programs', false)
    .action((wanted: Nat64Engine, options: { json: boolean }) =>
      run(
        'nat64',
        { afterInterruption: `\`${howTo(`nat64 ${wanted}`)}\` again completes it` },
        async ({ context, streams }) => {
          const result = await setNat64Engine(context, wanted);
          const { engine, reason, changed, durationMs } = result;
          streams.stdout.write(
            options.json
              ? `${JSON.stringify(result, null, 2)}\n`
              : `NAT64 by ${engine} (${reason}); ${changed ? 'changed' : 'as before'}, ${(durationMs / 1000).toFixed(1)} s\n`,
          );
        },
      ),
    );
};
