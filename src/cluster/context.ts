import type { Logger } from 'pino';
import type { Engine } from '../engine/types.js';
import type { Reporter } from '../progress/types.js';
import type { Environment } from '../settings/types.js';

/** What every verb is given; built by cli/compose.ts for the command line, by the caller of the library otherwise. */
export interface Context {
  environment: Environment;
  /**
   * Finds the engine when first called; later calls give the same one. Whether an embedded one is started where none is installed, the caller of
   * the library decides (cli/compose.ts: `up` and `images`).
   */
  connect: () => Promise<Engine>;
  /** Ends an embedded engine that no cluster uses any more, and takes back its rules; `removeCache`: its images too. A no-op for any other engine. */
  disconnect: (options: { removeCache: boolean }) => Promise<void>;
  reporter: Reporter;
  /** Diagnostics, to a file; never what a user must read. */
  log: Logger;
  /** Aborted by Ctrl-C: every wait and every command in a container ends on it. */
  signal: AbortSignal;
}
