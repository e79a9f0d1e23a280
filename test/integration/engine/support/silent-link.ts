import { execFileSync } from 'node:child_process';
import { Agent, get } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { watchLiveness } from '../../../../src/engine/liveness.js';

/**
 * Run in an empty network namespace (liveness.test.ts): a request that waits for its answer, on a link that first is only quiet and then is gone without a word.
 * Prints what the request heard by then, and in the end.
 */
execFileSync('ip', ['link', 'set', 'lo', 'up']);
const server = createServer((socket) => socket.resume()).listen(0, '127.0.0.1');
await new Promise((resolve) => server.once('listening', resolve));
const { port } = server.address() as AddressInfo;
const host = '127.0.0.1';
const agent = watchLiveness(new Agent({ keepAlive: false }), { host, port }, { everyMs: 100, answerMs: 200 });
const request = get({ host, port, agent });
const failed = new Promise<NodeJS.ErrnoException>((resolve) => request.once('error', resolve));
const quiet = await Promise.race([failed, delay(1500, 'waits')]);
execFileSync('ip', ['link', 'set', 'lo', 'down']);
const end = await Promise.race([failed, delay(10_000, 'waits')]);
const tell = (seen: NodeJS.ErrnoException | string): unknown =>
  typeof seen === 'string' ? seen : { code: seen.code, message: seen.message };
process.stdout.write(JSON.stringify({ quiet: tell(quiet), cut: tell(end) }));
process.exit();
