import { median } from './statistics.js';
import type { Nat64Results, Runs, Variant } from './types.js';

const titles: Record<Variant, string> = {
  native: 'IPv6 directly (SNAT66)',
  ebpf: 'NAT64 by `ebpf`',
  tayga: 'NAT64 by `tayga`',
};

/** The table of docs/performance.md: medians, with the least and the most of all runs, and the ratio to native IPv6. */
export function renderNat64Table(results: Nat64Results): string {
  const variants = (['native', 'ebpf', 'tayga'] as const).filter(
    (variant) => results.connections[variant] !== undefined,
  );
  const { throughput, narrow, exchange, connections, flows, machine, options } = results;
  const line = (title: string, runs: Runs, digits: number): string[] => [
    title,
    ...variants.map((variant) => cell(runs[variant] ?? [], runs.native ?? [], digits, variant)),
  ];
  const flow = (title: string, value: (variant: Variant) => string | undefined): string[] => [
    title,
    ...variants.map((variant) => value(variant) ?? ''),
  ];
  const rows = [
    ['', ...variants.map((variant) => titles[variant])],
    ['---', ...variants.map(() => '---')],
    line('TCP, one flow up, Gbit/s', throughput.up1, 2),
    line('one flow down', throughput.down1, 2),
    line('eight flows up', throughput.up8, 2),
    line('eight flows down', throughput.down8, 2),
    line('one flow up, MTU 1400 behind it', narrow.up1, 2),
    line('one flow down, MTU 1400 behind it', narrow.down1, 2),
    line('small UDP exchange, p50, µs', exchange.p50, 0),
    line('the same, p99, µs', exchange.p99, 0),
    line('new TCP connections a second', connections, 0),
    flow('60,000 flows of 10,000 sources at once', (variant) => describeFlows(results, variant)),
    flow('memory for them, MiB (and kernel flows)', (variant) => {
      const found = flows[variant];
      return found === undefined
        ? undefined
        : `${((found.residentKiB.after - found.residentKiB.before) / 1024).toFixed(1)} (${found.conntrackEntries.toLocaleString('en')})`;
    }),
  ];
  return [
    ...rows.map((cells) => `| ${cells.join(' | ')} |`),
    '',
    `Medians of ${options.runs} interleaved runs of ${options.seconds} s (least to most), and how many times the first column's. Client, translator, router and server are network namespaces of one machine: ${machine.cpu}, ` +
      `${machine.cores} cores, Linux ${machine.kernel}, ${machine.date}. The ratios count. All single runs: [docs/bench/nat64.json](bench/nat64.json).`,
  ].join('\n');
}

function cell(values: readonly number[], native: readonly number[], digits: number, variant: Variant): string {
  if (values.length === 0) return '';
  const text = (value: number): string => value.toFixed(digits);
  const ratio = variant === 'native' ? '' : `, ${(median(values) / median(native)).toFixed(2)}x`;
  return `${text(median(values))} (${text(Math.min(...values))} to ${text(Math.max(...values))})${ratio}`;
}

function describeFlows({ flows }: Nat64Results, variant: Variant): string | undefined {
  const rounds = flows[variant]?.rounds;
  if (rounds === undefined) return undefined;
  const sum = (name: string): number => rounds.reduce((total, round) => total + (round[name] ?? 0), 0);
  const bad = (['unanswered', 'crossed', 'unknown nonce', 'mapping used twice'] as const)
    .map((name) => [name, sum(name)] as const)
    .filter(([, count]) => count > 0);
  return bad.length === 0 ? 'all answered, none crossed' : bad.map(([name, count]) => `${name}: ${count}`).join(', ');
}
