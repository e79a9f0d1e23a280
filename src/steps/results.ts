import type { ClusterPlan } from '../plan/types.js';

export type Health = 'running' | 'paused' | 'stopped' | 'missing';

/** What `status` answers; the shape of `status --json`. */
export interface ClusterStatus {
  cluster: string;
  exists: boolean;
  engine: { endpoint: string; version: string };
  mode: { aaaa: boolean; reason: string } | undefined;
  nodes: { name: string; role: 'control-plane' | 'worker'; address: string; health: Health; ready: boolean | undefined }[];
  helpers: { name: string; role: 'dns64' | 'nat64' | 'api'; address: string; health: Health; detail?: string }[];
  hostRules: { name: string; present: boolean }[];
  kubeconfigContext: string | undefined;
  remarks: string[];
}

/** What `plan` answers. `unknown` lists the facts that no engine could be asked for. */
export interface PlanResult { plan: ClusterPlan; unknown: string[] }

/** One image that `up` needs or that dind64 made. */
export interface ImageStatus { purpose: string; reference: string; present: boolean; sizeBytes: number | undefined }

/** What `aaaa` answers. */
export interface AaaaResult { aaaa: boolean; reason: string; changed: boolean; durationMs: number }

/** Program output goes to these; nothing else of the command line reaches the library. */
export interface Streams {
  stdin: NodeJS.ReadableStream;
  stdout: NodeJS.WritableStream;
  stderr: NodeJS.WritableStream;
}
