import type { Logger } from 'pino';
import type { Engine, EngineInfo } from '../engine/types.js';
import type { ClusterNames } from '../plan/names.js';
import type { ClusterRecord } from '../plan/record.js';
import type { ClusterPlan, HostFacts } from '../plan/types.js';
import type { NodeSurroundings } from '../render/node-files.js';
import type { Reporter } from '../progress/types.js';
import type { UserPaths } from '../settings/types.js';

/** What a step of `down` or `clean` works with: the cluster's name and what the engine tells. */
export interface RemovalContext {
  engine: Engine;
  clusterName: string;
  names: ClusterNames;
  /** Reference of dind64's base image, for short-lived host containers; made when it is missing. */
  baseImage: () => Promise<string>;
  /** What the cluster is; `undefined`: nothing is recorded of it, or it cannot be read. */
  record: ClusterRecord | undefined;
  paths: UserPaths;
  /** Path of the one kubeconfig to use; undefined: as client-go finds it. */
  kubeconfig: string | undefined;
  timeoutMs: number;
  reporter: Reporter;
  log: Logger;
  signal: AbortSignal;
}

/** What a step of `up` works with: the plan as well. Steps speak to each other through the plan and the engine only. */
export interface StepContext extends RemovalContext {
  /** What this `up` makes of the cluster; the first step writes it down. */
  record: ClusterRecord;
  plan: ClusterPlan;
  /** What nodes get that is in no plan. */
  surroundings: NodeSurroundings;
  facts: HostFacts;
  info: EngineInfo;
}

export interface StepResult {
  result: 'done' | 'unchanged' | 'skipped';
  text?: string | undefined;
}

/** One thing to do, idempotent. It starts as soon as every step named in `after` is done. */
export interface Step<C extends RemovalContext> {
  id: string;
  /** Shown to people: `nodes start`. */
  title: string;
  after: string[];
  /** `observe` shows the last thing seen; `signal` ends the step when another one failed, too. */
  run(context: C, observe: (text: string) => void): Promise<StepResult>;
}

export type UpStep = Step<StepContext>;
/** A removal goes on after a step that failed; `needs` names those without which this one must not be done (they are come after as well). */
export type RemovalStep = Step<RemovalContext> & { needs?: string[] };
