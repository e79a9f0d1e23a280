import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

/** The command lines of all processes of this machine, nodes and containers included, while it watches. */
export interface ArgvWatch {
  stop(): Promise<string[]>;
}

/** Looks every 100 ms; what lives shorter may be missed. */
export function watchArgv(): ArgvWatch {
  const seen = new Set<string>();
  const end = new AbortController();
  const watching = (async () => {
    while (!end.signal.aborted) {
      const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
      const texts = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
      for (const text of texts) if (text !== '') seen.add(text.replaceAll('\0', ' '));
      await delay(100, undefined, { signal: end.signal }).catch(() => undefined);
    }
  })();
  return {
    stop: async () => {
      end.abort();
      await watching;
      return [...seen];
    },
  };
}
