import type { Agent } from 'node:http';
import { connect, type Socket } from 'node:net';

export interface LivenessLimits {
  /** A peer is looked for so often. */
  everyMs: number;
  /** So long may it take to be found. */
  answerMs: number;
}

/** So often in a row may it not be found. */
const strikes = 3;

/**
 * Ends the connections of an agent whose peer is gone without a word: a link of a VPN or a machine that is off sends no reset, and the kernel tries again for a
 * quarter of an hour while a command hangs. Streams may be silent for as long as they like, so what tells is whether a new connection can be made, while
 * there are any. They end with ETIMEDOUT, which is `engine-lost` (engine-error.ts). Keepalive keeps routers from forgetting silent ones.
 */
export function watchLiveness<A extends Agent>(
  agent: A,
  peer: { host: string; port: number },
  { everyMs, answerMs }: LivenessLimits = { everyMs: 10_000, answerMs: 5000 },
): A {
  const open = new Set<Socket>();
  let missed = 0;
  let timer: NodeJS.Timeout | undefined;
  const look = async (): Promise<void> => {
    missed = (await isThere(peer, answerMs)) ? 0 : missed + 1;
    if (missed >= strikes) {
      const observed = `nothing came back from ${peer.host} port ${peer.port} for ${(strikes * (everyMs + answerMs)) / 1000} s`;
      for (const socket of open) socket.destroy(Object.assign(new Error(observed), { code: 'ETIMEDOUT' }));
    }
    timer = open.size > 0 ? setTimeout(() => void look(), everyMs).unref() : undefined;
  };
  const create = agent.createConnection.bind(agent);
  agent.createConnection = (options, callback) => {
    const socket = create(options, callback) as Socket;
    socket.setKeepAlive(true, everyMs);
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    if (timer === undefined) missed = 0;
    timer ??= setTimeout(() => void look(), everyMs).unref();
    return socket;
  };
  return agent;
}

/** A refusal is an answer, too. */
async function isThere({ host, port }: { host: string; port: number }, answerMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: answerMs });
    const end = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => end(true));
    socket.once('timeout', () => end(false));
    socket.once('error', (error: NodeJS.ErrnoException) => end(error.code === 'ECONNREFUSED'));
  });
}
