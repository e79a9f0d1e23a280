import type { ClusterPlan } from '../plan/types.js';

/** What `plan` answers. `unknown` lists the facts that no engine could be asked for. */
export interface PlanResult {
  plan: ClusterPlan;
  unknown: string[];
}

/** One image that `up` needs or that dind64 made. */
export interface ImageStatus {
  purpose: string;
  reference: string;
  present: boolean;
  sizeBytes: number | undefined;
}

/** Program output goes to these; nothing else of the command line reaches the library. */
export interface Streams {
  stdin: NodeJS.ReadableStream;
  stdout: NodeJS.WritableStream;
  stderr: NodeJS.WritableStream;
}
