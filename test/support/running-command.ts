import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import type { ProgressEvent } from '../../src/progress/types.js';
import { expectPublished } from './published-schema.js';

export interface CommandEnd {
  exitCode: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** A command line of dind64 that is under way: watched by its progress events, which it needs DIND_OUTPUT=json for. */
export interface RunningCommand {
  readonly pid: number;
  readonly events: readonly ProgressEvent[];
  /** Whether the step has begun; `false` when the command ended before. */
  begun(step: string): Promise<boolean>;
  kill(signal: NodeJS.Signals): void;
  readonly end: Promise<CommandEnd>;
}

export function runCommandLine(argv: readonly string[], env: Record<string, string>): RunningCommand {
  const [file = '', ...rest] = argv;
  const child = spawn(file, rest, { cwd: '/', env, stdio: ['ignore', 'pipe', 'pipe'] });
  const events: ProgressEvent[] = [];
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  let ended = false;
  const tell = (): void => {
    for (const look of [...waiting]) look();
  };
  const reader = createInterface({ input: child.stderr });
  reader.on('line', (line) => {
    lines.push(line);
    if (line.startsWith('{')) events.push(JSON.parse(line) as ProgressEvent);
    tell();
  });
  const end = Promise.all([
    once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>,
    text(child.stdout),
    once(reader, 'close'),
  ]).then(([[exitCode, signal], stdout]) => {
    ended = true;
    tell();
    for (const event of events) expectPublished('event', event);
    return { exitCode, signal, stdout, stderr: lines.join('\n') };
  });
  return {
    pid: child.pid ?? 0,
    events,
    end,
    kill: (signal) => {
      child.kill(signal);
    },
    begun: (step) =>
      new Promise((resolve) => {
        const look = (): void => {
          const found = events.some((event) => event.type === 'started' && event.step === step);
          if (!found && !ended) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      }),
  };
}

/** How long each step took, from the events of a command that has ended. */
export function readDurations(events: readonly ProgressEvent[]): Map<string, number> {
  return new Map(
    events.flatMap((event) => (event.type === 'finished' ? [[event.step, event.durationMs] as const] : [])),
  );
}

/** Kills the command with SIGKILL so long after the step's begin, and waits for its end. `false`: it ended by itself before. */
export async function killIn(command: RunningCommand, step: string, afterMs: number): Promise<boolean> {
  const begun = await command.begun(step);
  if (begun) await delay(afterMs);
  command.kill('SIGKILL');
  return (await command.end).signal === 'SIGKILL' && begun;
}
