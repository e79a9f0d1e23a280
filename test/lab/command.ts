import { execa } from 'execa';
import { DindError } from '../../src/errors.js';
import type { LabCommandOptions, LabCommandResult } from './types.js';

/** Runs argv to its end and never throws for what it does; ended by time-out or signal: exit code 124. */
export async function runCommand(argv: readonly string[], options: LabCommandOptions = {}): Promise<LabCommandResult> {
  const [file = '', ...rest] = argv;
  const { onLine } = options;
  const child = execa(file, rest, {
    reject: false,
    stripFinalNewline: false,
    forceKillAfterDelay: 500,
    ...(options.env === undefined ? {} : { env: options.env, extendEnv: false }),
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.stdin === undefined ? { stdin: 'ignore' as const } : { input: options.stdin }),
    ...(options.timeoutMs === undefined ? {} : { timeout: options.timeoutMs }),
    ...(options.signal === undefined ? {} : { cancelSignal: options.signal }),
  });
  if (onLine !== undefined) {
    void forward(child.iterable({ from: 'stdout' }), (line) => onLine(line, 'stdout'));
    void forward(child.iterable({ from: 'stderr' }), (line) => onLine(line, 'stderr'));
  }
  const { exitCode, stdout, stderr, failed, shortMessage } = await child;
  if (exitCode !== undefined) return { exitCode, stdout, stderr };
  return { exitCode: 124, stdout, stderr: failed ? `${stderr}${shortMessage ?? ''}` : stderr };
}

/** As runCommand, for what must not fail: throws DindError `lab-command-failed` with the command and its output. */
export async function runOrThrow(
  doing: string,
  argv: readonly string[],
  options: LabCommandOptions = {},
): Promise<string> {
  const { exitCode, stdout, stderr } = await runCommand(argv, options);
  if (exitCode === 0) return stdout;
  throw new DindError({
    code: 'lab-command-failed',
    source: 'environment',
    doing,
    where: argv.slice(0, 12).join(' '),
    observed: `exit code ${exitCode}: ${(stderr + stdout).trim()}`,
  });
}

async function forward(lines: AsyncIterable<unknown>, to: (line: string) => void): Promise<void> {
  try {
    for await (const line of lines) to(String(line));
  } catch {
    // The command's end is told by its result.
  }
}
