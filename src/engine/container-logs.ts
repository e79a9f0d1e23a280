import { ask } from './engine-error.js';
import { OutputCollector } from './output.js';
import type { Connection } from './transport.js';

/** The last lines of a container's stdout and stderr, in the order in which they were written. */
export async function readLogs(
  { docker, endpoint }: Connection,
  container: string,
  tailLines: number,
): Promise<string> {
  const raw = await ask(endpoint, `reading the logs of ${container}`, () =>
    docker.getContainer(container).logs({ stdout: true, stderr: true, tail: tailLines, follow: false }),
  );
  const lines: string[] = [];
  const output = new OutputCollector((line) => lines.push(line));
  output.write(raw);
  output.finish();
  return lines.map((line) => `${line}\n`).join('');
}
