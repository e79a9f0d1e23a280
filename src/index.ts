import { DindError } from './errors.js';
import type { Context } from './steps/context.js';
import type { AaaaResult, ClusterStatus, ImageStatus, PlanResult, Streams } from './steps/results.js';

export { CommandError, DindError, WaitError } from './errors.js';
export { readEnvironment } from './settings/environment.js';
export type { Context } from './steps/context.js';
export type { AaaaResult, ClusterStatus, ImageStatus, PlanResult, Streams } from './steps/results.js';
export type { Environment, Settings } from './settings/types.js';

export async function up(_context: Context): Promise<void> { throw notImplemented('up'); }

export async function down(_context: Context): Promise<void> { throw notImplemented('down'); }

export async function clean(_context: Context, _options: { images: boolean }): Promise<void> { throw notImplemented('clean'); }

export async function status(_context: Context): Promise<ClusterStatus> { throw notImplemented('status'); }

export async function plan(_context: Context): Promise<PlanResult> { throw notImplemented('plan'); }

/** Makes or pulls all that `up` needs. */
export async function images(_context: Context): Promise<ImageStatus[]> { throw notImplemented('images'); }

export async function setAaaa(_context: Context, _use: 'on' | 'off' | 'auto'): Promise<AaaaResult> { throw notImplemented('aaaa'); }

/** `source`: an image of the engine's, or the path of an archive. */
export async function loadImage(_context: Context, _source: string): Promise<void> { throw notImplemented('load-image'); }

export async function pause(_context: Context): Promise<void> { throw notImplemented('pause'); }

export async function unpause(_context: Context): Promise<void> { throw notImplemented('unpause'); }

/** The cluster's kubeconfig as YAML text. */
export async function kubeconfig(_context: Context): Promise<string> { throw notImplemented('kubeconfig'); }

/** Runs kubectl on the control plane; its exit code. */
export async function kubectl(_context: Context, _argv: string[], _streams: Streams): Promise<number> { throw notImplemented('kubectl'); }

function notImplemented(verb: string): DindError {
  return new DindError({ code: 'not-implemented', source: 'bug', doing: `running ${verb}`, observed: 'this verb is not there yet' });
}
