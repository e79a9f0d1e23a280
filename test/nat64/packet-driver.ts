import { createInterface } from 'node:readline';
import type { ClusterPlan } from '../../src/plan/types.js';
import { addresses, embedded, macs, type EngineName } from './addresses.js';
import { stepsOf, type Case, type Step } from './cases/case.js';
import { spawnInRoom } from './room.js';
import type { Stage } from './stage.js';

/** What was wrong, in words; empty: all as expected. */
interface Verdict {
  problems: string[];
  sent?: string[];
}

export interface PacketDriver extends AsyncDisposable {
  run(one: Case, engine: EngineName): Promise<Verdict>;
}

/**
 * What an engine does to every packet: by how much its hop limit falls, and what flags an IPv4 packet of up to 1260 bytes gets. Where that is not
 * RFC 7915's, cases/headers.ts lists it once as a difference, so that all other cases compare the rest.
 */
const traits: Partial<Record<EngineName, { hops: number; small: '' | 'DF' }>> = { tayga: { hops: 3, small: 'DF' } };

/** Starts packets.py at both ends of a stage with raw ends. */
export async function startPacketDriver(stage: Stage): Promise<PacketDriver> {
  const spaces = (['client', 'router'] as const).map((space) => stage.room(space).namespace);
  const child = spawnInRoom(stage.room('client'), [
    'python3',
    '/mnt/tests/packets.py',
    ...spaces,
    macs.node,
    macs.client,
    macs.egress,
    macs.router,
  ]);
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString();
  });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<Verdict> => {
    const { value, done } = await answers.next();
    if (done === true) throw new Error(`packets.py has ended: ${errors}`);
    return JSON.parse(value) as Verdict;
  };
  await next();
  let port = 10_000;
  return {
    async run(one, engine) {
      port += 1;
      const names = caseNames(stage.plan, engine, port);
      const mtu = (value: number): Promise<unknown> =>
        stage.exec('nat', ['ip', 'link', 'set', 'eth1', 'mtu', String(value)]);
      if (one.egressMtu !== undefined) await mtu(one.egressMtu);
      child.stdin.write(`${JSON.stringify({ names, steps: stepsOf(one, engine).map(listed) })}\n`);
      const verdict = await next();
      if (one.egressMtu !== undefined) await mtu(1500);
      return verdict;
    },
    async [Symbol.asyncDispose]() {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** The variables of a case's expressions (cases/case.ts). */
export function caseNames(plan: ClusterPlan, engine: EngineName, port: number): Record<string, string | number> {
  // A site of its own: translators remember a path's MTU.
  const site = `${port % 2 === 0 ? '198.51.100' : '203.0.113'}.${100 + (port % 150)}`;
  return {
    C: addresses.client,
    S: site,
    S6: embedded(plan, site),
    N: addresses.translator.ipv4,
    P: port,
    R: '203.0.113.77',
    R6: embedded(plan, '203.0.113.77'),
    HOPS: traits[engine]?.hops ?? 1,
    SMALL: traits[engine]?.small ?? '',
    NET: plan.nat64.prefix.replace(/:?:\/96$/, ':').concat(':'),
  };
}

function listed({ send, out, back, ...rest }: Step): object {
  return {
    ...rest,
    send: [send].flat(),
    out: out === undefined ? [] : [out].flat(),
    back: back === undefined ? [] : [back],
  };
}
