import { readFile } from 'node:fs/promises';
import { addresses, macs } from '../../test/nat64/addresses.js';
import { runOrThrow } from '../../test/lab/command.js';
import type { Stage } from '../../test/nat64/stage.js';

/** What came of one round of datagrams, one for each flow. */
interface FlowRound {
  answered?: number;
  crossed?: number;
  unanswered: number;
  seconds: number;
  [other: string]: number | undefined;
}

export interface FlowResult {
  sources: number;
  flows: number;
  rounds: FlowRound[];
  mappings: number;
  residentKiB: { before: number; after: number };
  conntrackEntries: number;
}

/** Many flows at once through a stage with raw ends; the second round finds every flow as the first left it. */
export async function measureFlows(
  stage: Stage,
  { sources, flows, rounds = 2 }: { sources: number; flows: number; rounds?: number },
): Promise<FlowResult> {
  await prepareSources(stage);
  // No flow may end before its second turn, however slow the machine is.
  await stage.exec('nat', ['sysctl', '-qw', 'net.netfilter.nf_conntrack_udp_timeout=600']);
  const before = await readResident(stage);
  const result = JSON.parse(await playFlows(stage, { sources, flows, rounds })) as Pick<
    FlowResult,
    'rounds' | 'mappings'
  >;
  return {
    sources,
    flows,
    ...result,
    residentKiB: { before, after: await readResident(stage) },
    conntrackEntries: await countEntries(stage),
  };
}

/** New flows for a while; what the translator's memory and the kernel's table are, once a second. */
export interface ChurnResult {
  seconds: number;
  perSecond: number;
  residentKiB: number[];
  conntrackEntries: number[];
  counts: Record<string, number>;
}

export async function measureChurn(
  stage: Stage,
  { seconds, perSecond = 2000 }: { seconds: number; perSecond?: number },
): Promise<ChurnResult> {
  await prepareSources(stage);
  // Flows end after 5 seconds and not after 30, so that the table's size settles while we look.
  await stage.exec('nat', [
    'sysctl',
    '-qw',
    'net.netfilter.nf_conntrack_udp_timeout=5',
    'net.netfilter.nf_conntrack_udp_timeout_stream=5',
  ]);
  const residentKiB: number[] = [];
  const conntrackEntries: number[] = [];
  let ended = false;
  const played = playFlows(stage, { sources: 1000, flows: 0, rounds: 0, churnSeconds: seconds, perSecond }).finally(
    () => {
      ended = true;
    },
  );
  const sampled = (async () => {
    while (!ended) {
      residentKiB.push(await readResident(stage));
      conntrackEntries.push(await countEntries(stage));
      await new Promise((resolve) => setTimeout(resolve, Math.max(1000, seconds * 10)));
    }
  })();
  const last = (await played).trim().split('\n').at(-1) ?? '{}';
  await sampled;
  return {
    seconds,
    perSecond,
    residentKiB,
    conntrackEntries,
    counts: (JSON.parse(last) as { churn: Record<string, number> }).churn,
  };
}

/** Half of the sources are among a node network's first 65,536 addresses, half are not. */
const bases = ['fd00:20::4000', 'fd00:20::1:0:0'];

async function prepareSources(stage: Stage): Promise<void> {
  for (const range of ['fd00:20::4000/114', 'fd00:20::1:0:0/114'])
    await stage.exec('nat', ['ip', '-6', 'route', 'replace', range, 'via', addresses.client]);
}

async function playFlows(stage: Stage, options: object): Promise<string> {
  const spaces = (['client', 'router'] as const).map((space) => stage.room(space).namespace);
  const prefix = stage.plan.nat64.prefix === 'fd00:10:64:ff9b::/96' ? 'fd0000100064ff9b00000000' : '';
  const all = JSON.stringify({
    prefix,
    bases,
    peers: [11, 12, 13, 14, 15, 16].map((last) => `198.51.100.${last}`),
    nat: addresses.translator.ipv4,
    pace: 64,
    ...options,
  });
  const { exitCode, stdout, stderr } = await stage.exec('client', [
    'python3',
    '/mnt/tests/flows.py',
    ...spaces,
    macs.node,
    macs.client,
    macs.egress,
    macs.router,
    all,
  ]);
  if (exitCode !== 0) throw new Error(`flows.py: ${stderr}`);
  return stdout;
}

/** Resident memory of all processes that the translator's container has, in KiB. */
async function readResident(stage: Stage): Promise<number> {
  const pids = (
    await runOrThrow("reading the translator's processes", [
      'ip',
      'netns',
      'pids',
      stage.room('nat').namespace.split('/').at(-1) ?? '',
    ])
  )
    .trim()
    .split('\n');
  const sizes = await Promise.all(
    pids.map(async (pid) => {
      const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
      return /^Name:\t(unshare|bash|sysctl|nsenter)$/m.test(status)
        ? 0
        : Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0);
    }),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

async function countEntries(stage: Stage): Promise<number> {
  return Number(
    await runOrThrow('reading the number of flows', [
      'nsenter',
      `--net=${stage.room('nat').namespace}`,
      'cat',
      '/proc/sys/net/netfilter/nf_conntrack_count',
    ]),
  );
}
