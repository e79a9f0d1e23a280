import { request, type Agent, type RequestOptions } from 'node:http';
import type { Duplex } from 'node:stream';

export interface LivenessLimits {
  /** An engine is asked so often. */
  everyMs: number;
  /** So long may its answer take. */
  answerMs: number;
}

/** Where an engine listens, for a request; an agent that knows by itself needs none of it. */
export type Peer = Pick<RequestOptions, 'protocol' | 'host' | 'port' | 'socketPath'>;

/** So often in a row may it not answer. */
const strikes = 3;

/**
 * An agent whose connections end when the engine is gone without a word. A link of a VPN or a machine that is off sends no reset, and an engine that hangs has its
 * connections accepted by the kernel: a command would wait for ever. Streams may be silent for as long as they like, so what tells is whether another
 * connection gets an answer to Docker's own `GET /_ping`, while there are any. They end with ETIMEDOUT, which is `engine-lost` (engine-error.ts).
 */
export function watchLiveness<A extends Agent>(
  createAgent: () => A,
  peer: Peer,
  { everyMs, answerMs }: LivenessLimits = { everyMs: 10_000, answerMs: 5000 },
): A {
  const agent = createAgent();
  const asking = createAgent();
  const open = new Set<Duplex>();
  let missed = 0;
  let timer: NodeJS.Timeout | undefined;
  const look = async (): Promise<void> => {
    missed = (await answers(asking, peer, answerMs)) ? 0 : missed + 1;
    if (missed >= strikes) {
      const seconds = (strikes * (everyMs + answerMs)) / 1000;
      const observed = `it has its connections open and did not answer for ${seconds} s`;
      for (const socket of open) socket.destroy(Object.assign(new Error(observed), { code: 'ETIMEDOUT' }));
    }
    timer = open.size > 0 ? setTimeout(() => void look(), everyMs).unref() : undefined;
  };
  const create = agent.createConnection.bind(agent);
  agent.createConnection = (options, callback) => {
    const socket = create(options, callback) as Duplex & { setKeepAlive?: (on: boolean, ms: number) => void };
    // Routers forget connections that are silent.
    socket.setKeepAlive?.(true, everyMs);
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    if (timer === undefined) missed = 0;
    timer ??= setTimeout(() => void look(), everyMs).unref();
    return socket;
  };
  return agent;
}

/** Whatever it says is an answer, a proxy's refusal of the path, too; and where nobody listens any more, its connections have ended by themselves. */
async function answers(agent: Agent, peer: Peer, answerMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = request({ ...peer, agent, path: '/_ping' });
    const timer = setTimeout(() => end(false), answerMs).unref();
    const end = (answer: boolean): void => {
      clearTimeout(timer);
      asked.destroy();
      resolve(answer);
    };
    asked.once('socket', (socket) => socket.unref());
    asked.once('response', () => end(true));
    asked.on('error', ({ code }: NodeJS.ErrnoException) => end(code === 'ECONNREFUSED' || code === 'ENOENT'));
    asked.end();
  });
}
