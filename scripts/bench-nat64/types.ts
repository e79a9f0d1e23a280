import type { ChurnResult, FlowResult } from './flows.js';

/** `native`: IPv6 routed with SNAT66, by rules like those that `up` puts on an engine host. */
export type Variant = 'native' | 'tayga' | 'ebpf';

/** Measurements of one kind, in the order in which they were taken, for each variant. */
export type Runs = Partial<Record<Variant, number[]>>;

export interface Nat64Results {
  machine: { cpu: string; cores: number; kernel: string; date: string };
  options: { runs: number; seconds: number };
  /** Gbit/s; the client's way: up is to the server. */
  throughput: Record<'up1' | 'down1' | 'up8' | 'down8', Runs>;
  /** The same with one flow, an MTU of 1400 behind the translator. */
  narrow: Record<'up1' | 'down1', Runs>;
  /** Microseconds, of 10,000 exchanges in each run. */
  exchange: Record<'p50' | 'p99', Runs>;
  /** TCP connections a second, each with one small HTTP request, eight at a time. */
  connections: Runs;
  flows: Partial<Record<Variant, FlowResult>>;
  churn: Partial<Record<Variant, ChurnResult>>;
}
