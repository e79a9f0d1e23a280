import { Argument, InvalidArgumentError } from 'commander';
import { trace } from '../index.js';
import { writeOutputs } from '../output-file.js';
import { renderTraceSvg } from '../trace/render-svg.js';
import { renderTraceText } from '../trace/render-text.js';
import type { Registration } from './verb.js';

interface Options {
  json: boolean;
  svg?: string;
  node?: string;
}
interface Target {
  name: string;
  port?: number;
}

export const registerTrace: Registration = (program, run) => {
  program
    .command('trace')
    .description(
      'follow a name and one connection to it, from a pod to the world: every answer, every translation, and where it stops',
    )
    .addArgument(
      new Argument('<name[:port]>', 'a name or an address; port 443 unless given; [ADDRESS]:PORT for IPv6').argParser(
        readTarget,
      ),
    )
    .option('--node <node>', 'where the pod runs; default: the first worker')
    .option('--json', 'for programs', false)
    .option('--svg <file>', 'write a picture as well')
    .action((target: Target, options: Options) =>
      run('trace', {}, async ({ context, streams, paint }) => {
        const result = await writeOutputs(
          [{ file: options.svg, render: renderTraceSvg }],
          () => trace(context, target.name, { port: target.port, node: options.node }),
          (made) =>
            streams.stdout.write(options.json ? `${JSON.stringify(made, null, 2)}\n` : renderTraceText(made, paint)),
        );
        return result.outcome === 'connected' ? 0 : 1;
      }),
    );
};

function readTarget(text: string): Target {
  const [, bracketed, plain, port] =
    /^(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9_.-]+|[0-9a-fA-F:]*:[0-9a-fA-F:.]*:[0-9a-fA-F:.]*))(?::(\d{1,5}))?$/.exec(
      text,
    ) ?? [];
  const name = bracketed ?? plain;
  if (name === undefined || (port !== undefined && (Number(port) < 1 || Number(port) > 65_535)))
    throw new InvalidArgumentError('a name, name:port or [ADDRESS]:port');
  return port === undefined ? { name } : { name, port: Number(port) };
}
