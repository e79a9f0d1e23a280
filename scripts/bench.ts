import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { removeLab } from '../test/lab/remove.js';
import { startLab } from '../test/lab/lab.js';
import { readRecord } from '../test/lab/record.js';
import type { Lab } from '../test/lab/types.js';
import { benchModes } from './bench-modes.js';
import { renderNat64Table } from './bench-nat64/render.js';
import { benchNat64 } from './bench-nat64/run.js';

/**
 * `npm run bench -- up [--runs 5] [--cold] [--out FILE]`: how long `up` takes in the lab, step by step, with all images present (--cold: without
 * the component store), 1+2 nodes; kind beside it where its binary is on the PATH. Ratios count, the machine's speed does not.
 * `npm run bench -- nat64 [--runs 7] [--seconds 2] [--churn 60] [--out FILE]`: the translators beside native IPv6 (bench-nat64/run.ts).
 * `npm run bench -- modes [--runs 7] [--out FILE]`: mode `true` beside `false` in a real cluster (bench-modes.ts).
 */
interface Run { totalMs: number; steps: Record<string, number> }

const project = fileURLToPath(new URL('..', import.meta.url));
const instance = 'bench';
const [verb, ...rest] = process.argv.slice(2);
const option = (name: string, otherwise: string): string => rest[rest.indexOf(`--${name}`) + 1] ?? otherwise;
const runs = Number(rest.includes('--runs') ? option('runs', '5') : '5');
const cold = rest.includes('--cold');

if (verb === 'up') {
  await benchUp();
} else if (verb === 'nat64') {
  const number = (name: string, otherwise: number): number => (rest.includes(`--${name}`) ? Number(option(name, '')) : otherwise);
  const measured = await benchNat64({ runs: number('runs', 7), seconds: number('seconds', 2), churnSeconds: number('churn', 60), onLine: (line) => process.stderr.write(`${line}\n`) });
  write(`${JSON.stringify(measured)}\n`, 'nat64.json');
  process.stderr.write(`${renderNat64Table(measured)}\n`);
} else if (verb === 'modes') {
  const measured = await benchModes({ runs: rest.includes('--runs') ? runs : 7, onLine: (line) => process.stderr.write(`${line}\n`) });
  write(`${JSON.stringify(measured)}\n`, 'modes.json');
} else {
  process.stderr.write('npm run bench -- up [--runs 5] [--cold] [--out FILE]\nnpm run bench -- nat64 [--runs 7] [--seconds 2] [--churn 60] [--out FILE]\nnpm run bench -- modes [--runs 7] [--out FILE]\n');
  process.exitCode = 2;
}

async function benchUp(): Promise<void> {
  const stale = await readRecord(instance);
  if (stale !== undefined) await removeLab(stale);
  const lab = await startLab({ profile: 'dual', instance, engine: true });
  try {
    const measured: Run[] = [];
    for (let number = 1; number <= runs; number += 1) {
      if (cold) await dropComponentStore(lab);
      const run = await measureUp(lab);
      measured.push(run);
      process.stderr.write(`up ${number} of ${runs}: ${seconds(run.totalMs)} s\n`);
      await dind64(lab, ['clean']);
    }
    const kind = hasKind() ? await measureKind(lab) : [];
    report(measured, kind);
  } finally {
    await lab.stop();
  }
}

async function measureUp(lab: Lab): Promise<Run> {
  const start = performance.now();
  const { stderr } = await dind64(lab, ['up']);
  const totalMs = performance.now() - start;
  const events = stderr.split('\n').filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as { type: string; step?: string; durationMs?: number });
  const steps = events.flatMap(({ type, step, durationMs }) => (type === 'finished' && step !== undefined && durationMs !== undefined ? [[step, durationMs] as const] : []));
  return { totalMs, steps: Object.fromEntries(steps) };
}

async function dind64(lab: Lab, argv: string[]): Promise<{ stderr: string }> {
  const env = { HOME: `${lab.directory}/home`, XDG_CACHE_HOME: `${process.env['HOME'] ?? '/root'}/.cache`, DIND_IMAGE_SOURCE: 'build', DIND_ALLOW_AAAA_USE: 'true', DIND_OUTPUT: 'json', DIND_CHECK_TARGETS: 'dual.test,v4only.test,v6only.test' };
  const result = await lab.host(['node', `${project}bin/dind64.mjs`, ...argv], { cwd: '/', env });
  if (result.exitCode !== 0) throw new Error(`dind64 ${argv.join(' ')} ended with ${result.exitCode}\n${result.stderr}`);
  return result;
}

/** The first `up` with a node image unpacks its component images once; the images themselves are there. */
async function dropComponentStore(lab: Lab): Promise<void> {
  const list = await lab.host(['docker', 'volume', 'ls', '-q', '--filter', 'name=dind64-components']);
  await lab.host(['docker', 'volume', 'rm', ...list.stdout.trim().split('\n')]);
}

function hasKind(): boolean {
  return spawnSync('kind', ['version']).status === 0;
}

/** The same: 1+2 nodes, IPv6, until all nodes and CoreDNS are Ready. Its node image is given by DIND_BENCH_KIND_IMAGE, since none can be assumed to be here. */
async function measureKind(lab: Lab): Promise<number[]> {
  const image = process.env['DIND_BENCH_KIND_IMAGE'];
  if (image === undefined) return [];
  const config = 'kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\nnetworking: { ipFamily: ipv6 }\nnodes: [{ role: control-plane }, { role: worker }, { role: worker }]\n';
  const file = `${lab.directory}/kind.yaml`;
  writeFileSync(file, config);
  const times: number[] = [];
  for (let number = 1; number <= runs; number += 1) {
    const start = performance.now();
    const script = `kind create cluster --name bench --image ${image} --config ${file} --kubeconfig ${lab.directory}/kind.conf && docker exec bench-control-plane sh -c 'K="kubectl --kubeconfig=/etc/kubernetes/admin.conf"; $K wait node --all --for=condition=Ready --timeout=300s && $K -n kube-system wait deployment/coredns --for=condition=Available --timeout=300s'`;
    const { exitCode, stderr } = await lab.host(['bash', '-c', script], { cwd: '/' });
    if (exitCode === 0) times.push(performance.now() - start);
    else process.stderr.write(`kind ${number} of ${runs} failed: ${stderr.slice(-500)}\n`);
    await lab.host(['kind', 'delete', 'cluster', '--name', 'bench', '--kubeconfig', `${lab.directory}/kind.conf`], { cwd: '/' });
  }
  return times;
}

function report(measured: Run[], kind: number[]): void {
  const names = [...new Set(measured.flatMap(({ steps }) => Object.keys(steps)))];
  const rows = names.map((name) => [name, ...spread(measured.map(({ steps }) => steps[name] ?? 0))]);
  const total = spread(measured.map(({ totalMs }) => totalMs));
  const table = [['step', 'median s', 'least', 'most'], ...rows, ['up', ...total], ...(kind.length === 0 ? [] : [['kind', ...spread(kind)], ['ratio', (median(measured.map(({ totalMs }) => totalMs)) / median(kind)).toFixed(2), '', '']])];
  process.stderr.write(`${table.map((row) => row.map((cell, column) => (column === 0 ? cell.padEnd(20) : cell.padStart(9))).join('')).join('\n')}\n`);
  write(`${JSON.stringify({ runs: measured, kindMs: kind }, null, 2)}\n`, 'bench.json');
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
