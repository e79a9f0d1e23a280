import { Argument, InvalidArgumentError } from 'commander';
import { DindError } from '../errors.js';
import { trace } from '../index.js';
import { parseIpv4Address, parseIpv6Address } from '../net/address.js';
import { writeOutputs } from '../output-file.js';
import { parsePort, parseZone } from '../settings/names.js';
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
  const bracketed = /^\[([^\]]*)\](?::(.*))?$/.exec(text);
  // Two colons are an IPv6 address, which needs brackets to have a port beside it.
  const [, plain = '', port] =
    bracketed ?? (/:.*:/.test(text) ? [text, text] : (/^([^:]*)(?::(.*))?$/.exec(text) ?? []));
  try {
    const name = bracketed === null && !plain.includes(':') ? readName(plain) : parseIpv6Address(plain);
    return port === undefined ? { name } : { name, port: parsePort(port) };
  } catch (error) {
    if (!(error instanceof DindError)) throw error;
    throw new InvalidArgumentError(`${error.observed}; allowed: a name, name:port or [ADDRESS]:port`);
  }
}

/** A host name, or an IPv4 address: no top-level domain is a number (RFC 3696 2). */
function readName(text: string): string {
  return /(^|\.)\d+\.?$/.test(text) ? parseIpv4Address(text) : parseZone(text);
}
