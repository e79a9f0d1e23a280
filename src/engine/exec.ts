import { randomUUID } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { interruptError, throwIfInterrupted } from '../interrupt.js';
import { waitUntil } from '../wait.js';
import { talk } from './attached-stream.js';
import { ask, engineError } from './engine-error.js';
import { endExec, markerVariable } from './exec-abort.js';
import type { Connection } from './transport.js';
import type { ExecOptions, ExecResult } from './types.js';

/**
 * Runs a command in a running container. Never throws for an exit code. When the signal is aborted, the process and all that it started are ended
 * (TERM, after 1.5 s KILL), and interruptError is thrown; that needs sh, cat and sleep in the container.
 */
export async function exec(
  connection: Connection,
  container: string,
  argv: string[],
  options: ExecOptions = {},
): Promise<ExecResult> {
  const doing = `running ${argv[0] ?? ''} in ${container}`;
  const { signal } = options;
  throwIfInterrupted(signal, doing, connection.endpoint);
  const marker = signal === undefined ? undefined : randomUUID();
  const { id, stream } = await startExec(
    connection,
    doing,
    { container, argv },
    {
      ...options,
      env: marker === undefined ? options.env : { ...options.env, [markerVariable]: marker },
    },
  );

  const end = async (): Promise<void> => {
    try {
      await endExec({
        marker: marker ?? '',
        runScript: async (script, args) =>
          void (await exec(connection, container, ['sh', '-c', script, 'sh', ...args], { user: options.user })),
        readState: () => connection.docker.getExec(id).inspect(),
      });
    } finally {
      stream.destroy();
    }
  };
  let ending: Promise<void> | undefined;
  // Nobody waits for it before the output's end: a failure without a handler from the start would end the whole program.
  const abort = (): void => {
    ending ??= end().catch(() => undefined);
  };
  signal?.addEventListener('abort', abort, { once: true });
  if (signal?.aborted === true) abort();
  try {
    const output = await talk(stream, options);
    return { exitCode: await readExitCode(connection, id, doing, signal), ...output };
  } catch (error) {
    if (signal?.aborted === true) throw interruptError(signal, doing, connection.endpoint);
    throw engineError(error, doing, connection.endpoint);
  } finally {
    signal?.removeEventListener('abort', abort);
    await ending;
    stream.destroy();
  }
}

async function startExec(
  connection: Connection,
  doing: string,
  { container, argv }: { container: string; argv: string[] },
  options: ExecOptions,
): Promise<{ id: string; stream: Duplex }> {
  const stdin = options.stdin !== undefined;
  return ask(connection.endpoint, doing, async () => {
    const created = await connection.docker.getContainer(container).exec({
      Cmd: argv,
      AttachStdin: stdin,
      AttachStdout: true,
      AttachStderr: true,
      Env: Object.entries(options.env ?? {}).map(([name, value]) => `${name}=${value}`),
      User: options.user,
    });
    return { id: created.id, stream: await created.start({ hijack: true, stdin }) };
  });
}

/** Output ends a moment before the exit code is there, or long before when the process closes its output early. */
async function readExitCode(
  connection: Connection,
  id: string,
  doing: string,
  signal: AbortSignal | undefined,
): Promise<number> {
  const request = {
    condition: `the command ends (${doing})`,
    limitMs: 3_600_000,
    intervalMs: 20,
    signal,
    where: connection.endpoint,
  };
  return waitUntil(request, async () => {
    const state = await ask(connection.endpoint, doing, () => connection.docker.getExec(id).inspect());
    return state.Running || state.ExitCode === null
      ? { seen: 'it closed its output and still runs' }
      : { done: state.ExitCode };
  });
}
