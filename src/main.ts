import { CommanderError } from 'commander';
import { createProgram } from './cli/program.js';
import { runVerb, showError } from './cli/run-verb.js';
import type { Surroundings } from './cli/run-verb.js';
import { DindError } from './errors.js';
import { asProgram, asScript } from './cli/wording.js';
import type { Streams } from './cluster/results.js';
import { wordFor } from './how-to.js';

/**
 * The command line as a function. `argv` without node and script. Results go to stdout, all else to stderr. `isCheckout`: texts name the scripts of its
 * package (`npm run up`), else the program (`dind64 up`).
 * Exit codes: 0 done, 1 an operation failed, 2 bad settings or usage, 3 a wait ran out, 70 a bug in dind64, 130 interrupted.
 */
export async function main(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  streams: Streams,
  isCheckout = false,
): Promise<number> {
  return wordFor(isCheckout ? asScript : asProgram, () => carryOut(argv, env, streams));
}

async function carryOut(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  streams: Streams,
): Promise<number> {
  const surroundings: Surroundings = { env, directory: process.cwd(), streams, exit: (code) => process.exit(code) };
  let exitCode = 0;
  const program = createProgram(async (verb, traits, action) => {
    exitCode = await runVerb(verb, traits, action, surroundings);
  }, streams);
  streams.stdout.on('error', ignoreClosedPipe);
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return 0;
    return showError(usageError(error, program.helpInformation()), undefined, surroundings);
  }
}

/** A reader that has seen enough (`| head`) is no error of ours. */
function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}

function usageError(error: CommanderError, help: string): DindError {
  const noVerb = error.code === 'commander.help';
  return new DindError({
    code: 'bad-usage',
    source: 'user',
    doing: 'reading the command line',
    exitCode: 2,
    observed: noVerb ? `there is no verb\n\n${help.trim()}` : error.message.replace(/^error: /, ''),
    ...(noVerb ? {} : { hint: 'dind64 --help lists verbs and flags' }),
  });
}
