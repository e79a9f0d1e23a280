import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { ProgressEvent, Reporter } from './types.js';
import { makeDirectories } from '../make-directories.js';

/** How long each step of a verb took when it last did its work. */
export interface Expectations {
  expectedMs: (step: string) => number | undefined;
  /** The reporter; what is told to it is kept for the next time, when it is closed. */
  learning: (reporter: Reporter) => Reporter;
}

type Durations = Record<string, Record<string, number>>;

/** Expectations for a verb from a JSON file (`{verb: {step: ms}}`). One that is missing, broken or cannot be written is no error: nothing is expected then. */
export function readExpectations(file: string, verb: string): Expectations {
  const known = readDurations(file)[verb] ?? {};
  const seen: Record<string, number> = {};
  const note = (event: ProgressEvent): void => {
    if (event.type === 'finished' && event.result === 'done') seen[event.step] = Math.round(event.durationMs);
  };
  const save = (): void => {
    if (Object.keys(seen).length === 0) return;
    // Another command may have written since.
    const all = readDurations(file);
    writeDurations(file, { ...all, [verb]: { ...all[verb], ...seen } });
  };
  return {
    expectedMs: (step) => known[step],
    learning: (reporter) => ({
      report: (event) => {
        note(event);
        reporter.report(event);
      },
      close: () => {
        reporter.close();
        save();
      },
    }),
  };
}

function readDurations(file: string): Durations {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return typeof value === 'object' && value !== null ? (value as Durations) : {};
  } catch {
    return {};
  }
}

function writeDurations(file: string, durations: Durations): void {
  try {
    makeDirectories(path.dirname(file), 0o700);
    const temporary = `${file}.${process.pid}`;
    writeFileSync(temporary, JSON.stringify(durations), { mode: 0o600 });
    renameSync(temporary, file);
  } catch {
    // A full disk is told where it matters.
  }
}
