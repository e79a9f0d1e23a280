import { cases } from './cases/all.js';
import { flows } from './cases/case.js';
import { macs, type EngineName } from './addresses.js';
import { caseNames } from './packet-driver.js';
import type { Stage } from './stage.js';

export interface FuzzResult {
  sent: number;
  /** Packets that came out on each side. */
  out: { client: number; server: number };
  /** The first ill-formed packets that came out, in words. */
  flaws: string[];
  kernelMessages: string[];
}

/**
 * Sends malformed and random packets into both ends of a stage with raw ends, made from those of the conformance cases, and looks at every packet
 * that comes out. The same seed sends the same packets.
 */
export async function fuzz(
  stage: Stage,
  engine: EngineName,
  { count, seed }: { count: number; seed: number },
): Promise<FuzzResult> {
  const before = (await readKernelMessages(stage)).length;
  const names = caseNames(stage.plan, engine, 9999);
  const corpus = Object.fromEntries(
    (['client', 'server'] as const).map((side) => [
      side,
      cases.filter(({ from }) => from === side).flatMap(({ send }) => [send].flat()),
    ]),
  );
  const opened = Object.values(flows).flatMap((steps) =>
    steps.filter(({ from }) => from === 'client').flatMap(({ send }) => [send].flat()),
  );
  const spaces = (['client', 'router'] as const).map((space) => stage.room(space).namespace);
  const { exitCode, stdout, stderr } = await stage.exec(
    'client',
    ['python3', '/mnt/tests/fuzz.py', ...spaces, macs.node, macs.client, macs.egress, macs.router, '-'],
    { stdin: JSON.stringify({ names, corpus, flows: opened, count, seed }) },
  );
  if (exitCode !== 0) throw new Error(`fuzz.py: ${stderr}`);
  return {
    ...(JSON.parse(stdout) as Omit<FuzzResult, 'kernelMessages'>),
    kernelMessages: (await readKernelMessages(stage)).slice(before).filter((line) => suspicious.test(line)),
  };
}

/** What a kernel says of a bug of its own; other tests on this machine make it talk of bridges and mounts. */
const suspicious =
  /BUG|WARNING|Oops|panic|stack|general protection|unable to handle|bad checksum|hw csum failure|skb_|bpf|nat64|invalid/i;

async function readKernelMessages(stage: Stage): Promise<string[]> {
  const { stdout, exitCode } = await stage.exec('nat', ['dmesg']);
  return exitCode === 0 ? stdout.trim().split('\n') : [];
}
