import { InvalidArgumentError, Option } from 'commander';
import { capture } from '../index.js';
import type { Registration } from './verb.js';

interface Options {
  at: string;
  filter?: string;
  for?: number;
  output: string;
  snapLength?: number;
  json: boolean;
}

export const registerCapture: Registration = (program, run) => {
  program
    .command('capture')
    .description(
      'packets at NAT64 (both sides), DNS64, a node or the engine host, as pcapng for Wireshark; Ctrl-C ends it',
    )
    .option('--at <place>', 'nat64, dns64, host, or a node: control-plane, worker-1', 'nat64')
    .option('--filter <expression>', "what is caught, in tcpdump's language: `host 198.51.100.10 or port 53`")
    .addOption(new Option('--for <time>', 'ends by itself: 30s, 2m').argParser(readSeconds))
    .addOption(new Option('--snap-length <bytes>', 'only the beginning of each packet').argParser(readBytes))
    .option('--output <file>', 'the file', 'capture.pcapng')
    .option('--json', 'for programs', false)
    .action((options: Options) =>
      run('capture', {}, async ({ context, streams }) => {
        const result = await capture(context, {
          at: options.at,
          file: options.output,
          filter: options.filter,
          forSeconds: options.for,
          snapLength: options.snapLength,
          onStart: (place, interfaces) =>
            context.reporter.report({
              type: 'notice',
              level: 'info',
              text: `capturing at ${place} (${interfaces.join(', ')})${options.for === undefined ? '; Ctrl-C ends it' : ''}`,
            }),
        });
        const { file, packets, bytes, interfaces, durationMs } = result;
        streams.stdout.write(
          options.json
            ? `${JSON.stringify(result, null, 2)}\n`
            : [
                `${file}: ${packets} packets, ${bytes} bytes, in ${(durationMs / 1000).toFixed(1)} s\n`,
                ...interfaces.map(({ name, description }) => `  ${name}  ${description}\n`),
              ].join(''),
        );
      }),
    );
};

function readSeconds(text: string): number {
  const [, count = '', unit = 's'] = /^([1-9]\d{0,4})([smh])$/.exec(text) ?? [];
  if (count === '') throw new InvalidArgumentError('a time such as 30s or 2m');
  return Number(count) * ({ s: 1, m: 60, h: 3600 }[unit] ?? 1);
}

function readBytes(text: string): number {
  if (!/^\d+$/.test(text) || Number(text) < 60) throw new InvalidArgumentError('a number of bytes, 60 at least');
  return Number(text);
}
