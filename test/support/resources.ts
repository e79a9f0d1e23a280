import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { CommandEnd, RunningCommand } from './running-command.js';

export interface Resources extends CommandEnd {
  /** The most memory that the process had at once, in MB of resident set (VmHWM). */
  peakMb: number;
  /** From the command's last word to the end of its process: long where something is left open. */
  lingeredMs: number;
}

/** Watches a command to its end. */
export async function watchResources(command: RunningCommand): Promise<Resources> {
  let peakMb = 0;
  let lastWordAt = performance.now();
  let words = 0;
  let ended: CommandEnd | undefined;
  void command.end.then((end) => {
    ended = end;
  });
  while (ended === undefined) {
    const status = await readFile(`/proc/${command.pid}/status`, 'utf8').catch(() => '');
    peakMb = Math.max(peakMb, Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) / 1024);
    if (command.events.length > words) lastWordAt = performance.now();
    words = command.events.length;
    await delay(20);
  }
  return { ...ended, peakMb: Math.round(peakMb), lingeredMs: Math.round(performance.now() - lastWordAt) };
}
