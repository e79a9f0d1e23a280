import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { removeLab } from '../test/lab/remove.js';
import { prepareKind, type Peer } from '../test/bench/kind.js';
import { startLab } from '../test/lab/lab.js';
import { readRecord } from '../test/lab/record.js';
import type { Lab } from '../test/lab/types.js';
import { benchModes } from './bench-modes.js';
import { renderNat64Table } from './bench-nat64/render.js';
import { benchNat64 } from './bench-nat64/run.js';

/**
 * `npm run bench -- up [--runs 5] [--cold] [--out FILE]`: how long `up` takes in the lab, step by step, with all images present (--cold: without
 * the component store), 1+2 nodes, and the live switch; kind in turn with it where Go is there to build it. Ratios count, the machine's speed does not.
 * `npm run bench -- nat64 [--runs 7] [--seconds 2] [--churn 60] [--out FILE]`: the translators beside native IPv6 (bench-nat64/run.ts).
 * `npm run bench -- modes [--runs 7] [--out FILE]`: mode `true` beside `false` in a real cluster (bench-modes.ts).
 */
interface Switches {
  on: number[];
  off: number[];
}

interface Run {
  totalMs: number;
  steps: Record<string, number>;
}

const project = fileURLToPath(new URL('..', import.meta.url));
const instance = 'bench';
const [verb, ...rest] = process.argv.slice(2);
const option = (name: string, otherwise: string): string => rest[rest.indexOf(`--${name}`) + 1] ?? otherwise;
const runs = Number(rest.includes('--runs') ? option('runs', '5') : '5');
const cold = rest.includes('--cold');

if (verb === 'up') {
  await benchUp();
} else if (verb === 'nat64') {
  const number = (name: string, otherwise: number): number =>
    rest.includes(`--${name}`) ? Number(option(name, '')) : otherwise;
  const measured = await benchNat64({
    runs: number('runs', 7),
    seconds: number('seconds', 2),
    churnSeconds: number('churn', 60),
    onLine: (line) => process.stderr.write(`${line}\n`),
  });
  write(`${JSON.stringify(measured)}\n`, 'nat64.json');
  process.stderr.write(`${renderNat64Table(measured)}\n`);
} else if (verb === 'modes') {
  const measured = await benchModes({
    runs: rest.includes('--runs') ? runs : 7,
    onLine: (line) => process.stderr.write(`${line}\n`),
  });
  write(`${JSON.stringify(measured)}\n`, 'modes.json');
} else {
  process.stderr.write(
    'npm run bench -- up [--runs 5] [--cold] [--out FILE]\nnpm run bench -- nat64 [--runs 7] [--seconds 2] [--churn 60] [--out FILE]\nnpm run bench -- modes [--runs 7] [--out FILE]\n',
  );
  process.exitCode = 2;
}

async function benchUp(): Promise<void> {
  const stale = await readRecord(instance);
  if (stale !== undefined) await removeLab(stale);
  const lab = await startLab({ profile: 'dual', instance, engine: true });
  try {
    const measured: Run[] = [];
    const kindMs: number[] = [];
    const switchMs: Switches = { on: [], off: [] };
    let kind: Peer | undefined;
    for (let number = 1; number <= runs; number += 1) {
      if (cold) await dropComponentStore(lab);
      const run = await measureUp(lab);
      measured.push(run);
      for (const use of ['off', 'on'] as const) switchMs[use].push(await measureSwitch(lab, use));
      if (number === 1 && !cold) kind = await prepareKind(lab, await nodeImageOf(lab));
      await dind64(lab, ['clean']);
      // One after the other, so that both meet the same machine.
      if (kind !== undefined) {
        kindMs.push(await kind.up());
        await kind.down();
      }
      process.stderr.write(
        `up ${number} of ${runs}: ${seconds(run.totalMs)} s${kind === undefined ? '' : `, kind ${seconds(kindMs.at(-1) ?? 0)} s`}\n`,
      );
    }
    report(measured, kindMs, switchMs);
  } finally {
    await lab.stop();
  }
}

/** What the live switch takes, by its own count: the start of Node is not in it. */
async function measureSwitch(lab: Lab, use: 'on' | 'off'): Promise<number> {
  const { stdout } = await dind64(lab, ['aaaa', use, '--json']);
  return (JSON.parse(stdout) as { durationMs: number }).durationMs;
}

async function nodeImageOf(lab: Lab): Promise<string> {
  return (
    await lab.host(['docker', 'inspect', '--format', '{{.Config.Image}}', 'kubeadm-dind-control-plane'])
  ).stdout.trim();
}

async function measureUp(lab: Lab): Promise<Run> {
  const start = performance.now();
  const { stderr } = await dind64(lab, ['up']);
  const totalMs = performance.now() - start;
  const events = stderr
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as { type: string; step?: string; durationMs?: number });
  const steps = events.flatMap(({ type, step, durationMs }) =>
    type === 'finished' && step !== undefined && durationMs !== undefined ? [[step, durationMs] as const] : [],
  );
  return { totalMs, steps: Object.fromEntries(steps) };
}

async function dind64(lab: Lab, argv: string[]): Promise<{ stdout: string; stderr: string }> {
  const env = {
    HOME: `${lab.directory}/home`,
    XDG_CACHE_HOME: `${process.env['HOME'] ?? '/root'}/.cache`,
    DIND_IMAGE_SOURCE: 'build',
    DIND_ALLOW_AAAA_USE: 'true',
    DIND_OUTPUT: 'json',
    DIND_CHECK_TARGETS: 'dual.test,v4only.test,v6only.test',
  };
  const result = await lab.host(['node', `${project}bin/dind64.mjs`, ...argv], { cwd: '/', env });
  if (result.exitCode !== 0)
    throw new Error(`dind64 ${argv.join(' ')} ended with ${result.exitCode}\n${result.stderr}`);
  return result;
}

/** The first `up` with a node image unpacks its component images once; the images themselves are there. */
async function dropComponentStore(lab: Lab): Promise<void> {
  const list = await lab.host(['docker', 'volume', 'ls', '-q', '--filter', 'name=dind64-components']);
  await lab.host(['docker', 'volume', 'rm', ...list.stdout.trim().split('\n')]);
}

function report(measured: Run[], kind: number[], switches: Switches): void {
  const names = [...new Set(measured.flatMap(({ steps }) => Object.keys(steps)))];
  const rows = names.map((name) => [name, ...spread(measured.map(({ steps }) => steps[name] ?? 0))]);
  const total = spread(measured.map(({ totalMs }) => totalMs));
  const table = [
    ['step', 'median s', 'least', 'most'],
    ...rows,
    ['up', ...total],
    ['aaaa off', ...spread(switches.off)],
    ['aaaa on', ...spread(switches.on)],
    ...(kind.length === 0
      ? []
      : [
          ['kind', ...spread(kind)],
          ['ratio', (median(measured.map(({ totalMs }) => totalMs)) / median(kind)).toFixed(2), '', ''],
        ]),
  ];
  process.stderr.write(
    `${table.map((row) => row.map((cell, column) => (column === 0 ? cell.padEnd(20) : cell.padStart(9))).join('')).join('\n')}\n`,
  );
  write(`${JSON.stringify({ runs: measured, kindMs: kind, switchMs: switches }, null, 2)}\n`, 'bench.json');
}

function write(json: string, name: string): void {
  if (rest.includes('--out')) writeFileSync(option('out', name), json);
  else process.stdout.write(json);
}

function spread(times: number[]): string[] {
  return [seconds(median(times)), seconds(Math.min(...times)), seconds(Math.max(...times))];
}

function median(times: number[]): number {
  return [...times].sort((one, other) => one - other)[Math.floor(times.length / 2)] ?? 0;
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(1);
}
