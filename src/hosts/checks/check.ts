import type { Outcome } from '../../doctor/check.js';
import type { MachineFacts } from '../../doctor/parse-machine.js';
import type { HostFacts } from '../../plan/types.js';
import type { ConfiguredHost, HostsConfig } from '../config.js';
import type { HostSystem } from '../parse-system.js';

/** What was read of a host. */
export interface HostReading {
  network: Pick<HostFacts, 'links' | 'routes' | 'sysctls' | 'takenPorts'>;
  machine: Pick<MachineFacts, 'clockAheadMs' | 'cgroupVersion' | 'cgroupControllers' | 'memory'>;
  system: HostSystem;
}

export interface CheckedHost {
  host: ConfiguredHost;
  config: HostsConfig;
  reading: HostReading;
  /** Of the host that is the control plane; `undefined`: it was not read. */
  controlPlane: HostReading | undefined;
}

/** One question about a host: pure. */
export interface HostCheck {
  id: string;
  title: string;
  /** What is looked at, for people. */
  looked: string;
  /** Which hosts are asked. Absent: all. */
  of?: 'nodes' | 'helper';
  judge(about: CheckedHost): Outcome;
}
