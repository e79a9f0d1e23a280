import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { watchLiveness, type Peer } from '../../../../src/engine/liveness.js';

/**
 * Run in an empty network namespace (liveness.test.ts): a request that waits for its answer at a server that answers `/_ping` alone. First it is only quiet, then
 * the link is gone without a word, or, on a unix socket, the server hangs. Prints what the request heard by then, and in the end.
 */
const server = `require('node:http').createServer((asked, answer) => asked.url === '/_ping' && answer.end('OK'))`;

async function tryWith(place: Peer, fall: (pid: number) => void): Promise<unknown> {
  const where = JSON.stringify({ host: place.host, port: place.port, path: place.socketPath });
  const child = spawn(process.execPath, ['-e', `${server}.listen(${where}, () => console.log())`]);
  await once(child.stdout, 'data');
  const agent = watchLiveness(() => new Agent({ keepAlive: false }), place, { everyMs: 100, answerMs: 200 });
  const request = get({ ...place, agent });
  const failed = new Promise<NodeJS.ErrnoException>((resolve) => request.once('error', resolve));
  const quiet = await Promise.race([failed, delay(1500, 'waits')]);
  fall(child.pid ?? 0);
  const end = await Promise.race([failed, delay(10_000, 'waits')]);
  child.kill('SIGKILL');
  return { quiet: tell(quiet), end: tell(end) };
}

function tell(seen: NodeJS.ErrnoException | string): unknown {
  return typeof seen === 'string' ? seen : { code: seen.code, message: seen.message };
}

execFileSync('ip', ['link', 'set', 'lo', 'up']);
const folder = mkdtempSync(join(tmpdir(), 'dind64-liveness-'));
const seen = {
  hung: await tryWith({ socketPath: join(folder, 'engine.sock') }, (pid) => process.kill(pid, 'SIGSTOP')),
  cut: await tryWith({ host: '127.0.0.1', port: 2375 }, () => execFileSync('ip', ['link', 'set', 'lo', 'down'])),
};
rmSync(folder, { recursive: true });
process.stdout.write(JSON.stringify(seen));
process.exit();
