import type { Logger } from 'pino';
import type { Engine } from '../engine/types.js';
import type { Reporter } from '../progress/types.js';
import type { Environment } from '../settings/types.js';

/** What every verb is given; built by cli/compose.ts for the command line, by the caller of the library otherwise. */
export interface Context {
  environment: Environment;
  /** Finds (or starts) the engine when first called; later calls give the same one. */
  connect: () => Promise<Engine>;
  reporter: Reporter;
  /** Diagnostics, to a file; never what a user must read. */
  log: Logger;
  /** Aborted by Ctrl-C: every wait and every command in a container ends on it. */
  signal: AbortSignal;
}
