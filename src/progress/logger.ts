import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { destination, pino, stdTimeFunctions } from 'pino';
import type { Logger } from 'pino';
import type { Settings } from '../settings/types.js';
import { redact } from './redact.js';
import { makeDirectories } from '../make-directories.js';

/** Logs that stay when a new one is begun. */
const keptLogs = 10;

export interface LogFile {
  log: Logger;
  /** `undefined` when no file could be made: nothing is logged then. */ file: string | undefined;
}

/**
 * Diagnostics of one command in a file of its own below `directory`, readable by the user only, without secrets.
 * Written synchronously: the last line before a crash is the one that matters.
 */
export function createLogger(directory: string, level: Settings['logLevel'], verb: string): LogFile {
  const name = `${new Date().toISOString().replaceAll(/[:.]/g, '-')}-${verb}-${process.pid}.log`;
  const file = path.join(directory, name);
  try {
    makeDirectories(directory, 0o700);
    removeOldLogs(directory);
    const stream = destination({ dest: file, sync: true, mode: 0o600 });
    // What cannot be written (a full disk) must not end the command.
    stream.on('error', () => undefined);
    return {
      log: pino({ level, timestamp: stdTimeFunctions.isoTime, base: { verb }, hooks: { streamWrite: redact } }, stream),
      file,
    };
  } catch {
    return { log: pino({ enabled: false }), file: undefined };
  }
}

/** Names begin with the time, so their order is that of age. */
function removeOldLogs(directory: string): void {
  const logs = readdirSync(directory)
    .filter((name) => name.endsWith('.log'))
    .sort();
  for (const name of logs.slice(0, Math.max(0, logs.length - keptLogs + 1)))
    rmSync(path.join(directory, name), { force: true });
}
