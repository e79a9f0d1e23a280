import { readFileSync } from 'node:fs';
import { cpus, release } from 'node:os';
import { engines, startStage } from '../../test/nat64/stage.js';
import { measureChurn, measureFlows } from './flows.js';
import { measureConnections, measureExchange, measureThroughput, startBench, type Bench } from './measure.js';
import type { Nat64Results, Runs, Variant } from './types.js';

export interface Nat64BenchOptions {
  runs: number;
  seconds: number;
  churnSeconds: number;
  onLine: (line: string) => void;
}

/** Measures all variants beside each other, one after the other in each round, so that what else the machine does meets them alike. */
export async function benchNat64({ runs, seconds, churnSeconds, onLine }: Nat64BenchOptions): Promise<Nat64Results> {
  const variants: Variant[] = ['native', ...(engines as Variant[])];
  const results: Nat64Results = {
    machine: { cpu: cpuModel(), cores: cpus().length, kernel: release(), date: new Date().toISOString().slice(0, 10) },
    options: { runs, seconds },
    throughput: { up1: {}, down1: {}, up8: {}, down8: {} },
    narrow: { up1: {}, down1: {} },
    exchange: { p50: {}, p99: {} },
    connections: {},
    flows: {},
    churn: {},
  };
  const benches: Bench[] = [];
  try {
    for (const variant of variants) benches.push(await startBench(variant));
    for (let round = 1; round <= runs; round += 1) {
      for (const bench of benches) await measureRound(bench, results, seconds);
      onLine(
        `round ${round} of ${runs}: ${variants.map((variant) => `${variant} ${results.throughput.up1[variant]?.at(-1)?.toFixed(2)} Gbit/s`).join(', ')}`,
      );
    }
  } finally {
    for (const bench of benches) await bench[Symbol.asyncDispose]();
  }
  for (const variant of variants) {
    if (variant === 'native') continue;
    await using stage = await startStage({ engine: variant, ends: 'raw' });
    results.flows[variant] = await measureFlows(stage, { sources: 10_000, flows: 60_000 });
    onLine(`${variant}: 60,000 flows ${JSON.stringify(results.flows[variant]?.rounds)}`);
    if (churnSeconds === 0) continue;
    await using fresh = await startStage({ engine: variant, ends: 'raw' });
    results.churn[variant] = await measureChurn(fresh, { seconds: churnSeconds });
  }
  return results;
}

async function measureRound(bench: Bench, results: Nat64Results, seconds: number): Promise<void> {
  const { variant, server, narrow } = bench;
  const put = (runs: Runs, value: number): void => {
    (runs[variant] ??= []).push(round(value));
  };
  for (const flows of [1, 8] as const) {
    for (const way of ['up', 'down'] as const)
      put(
        results.throughput[`${way}${flows}`],
        await measureThroughput(bench, server, { flows, down: way === 'down', seconds }),
      );
  }
  for (const way of ['up', 'down'] as const)
    put(results.narrow[`${way}1`], await measureThroughput(bench, narrow, { flows: 1, down: way === 'down', seconds }));
  const { p50, p99 } = await measureExchange(bench);
  put(results.exchange.p50, p50);
  put(results.exchange.p99, p99);
  put(results.connections, await measureConnections(bench));
}

function round(value: number): number {
  return Number(value.toPrecision(4));
}

/** Some virtual machines give their processor a name without a model: both fields together tell most. */
function cpuModel(): string {
  return /^model name\s*:\s*(.+)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1]?.trim() ?? process.arch;
}
