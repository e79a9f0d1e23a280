import type { TargetReport } from '../checks/verdict.js';
import type { ContainerState, EngineInfo, NetworkState, VolumeState } from '../engine/types.js';
import type { DindError } from '../errors.js';
import type { ClusterRecord } from '../plan/record.js';
import type { HostFacts } from '../plan/types.js';
import type { ClusterStatus } from '../results/status.js';
import type { Settings } from '../settings/types.js';
import type { ForeignObject } from '../cluster/foreign-objects.js';
import type { MachineFacts } from './parse-machine.js';

/** What could be read, or why it could not. */
export type Known<T> = { known: T } | { unknown: string };

/** What the checks judge. Each part is read by itself, so that a part that fails takes only its own checks along. */
export interface DoctorParts {
  engine: {
    endpoint: string;
    info: EngineInfo;
    networks: NetworkState[];
    /** Of all clusters. */
    containers: ContainerState[];
    /** Of all clusters, and the records of host changes. */
    volumes: VolumeState[];
    /** Containers, networks and volumes that bear this cluster's names and are not its own. */
    foreignObjects: ForeignObject[];
    /** What the cluster is; `undefined`: there is none, or its record cannot be read. */
    record: ClusterRecord | undefined;
  };
  host: HostFacts;
  machine: MachineFacts;
  /** What the engine host itself reaches of the check's targets. */
  egress: TargetReport[];
  kernel: KernelFacts;
  images: { present: string[]; missing: string[] };
  /** Of the kubectl on PATH; `undefined`: there is none. */
  kubectl: { version: string | undefined };
  cluster: ClusterStatus;
}

/** Whether each thing could be made in an empty network namespace, with what was said if not. */
export type KernelFacts = { feature: string; problem: string | undefined }[];

export type DoctorFacts = { [Part in keyof DoctorParts]: Known<DoctorParts[Part]> } & {
  settings: Settings;
  /** Proxy variables, either case. */
  proxy: Readonly<Record<string, string>>;
  /** Why there is no engine. */
  engineProblem: DindError | undefined;
  /** Whether `up` would start an embedded engine. */
  mayEmbed: boolean;
};
