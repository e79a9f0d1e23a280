/** The library: the verbs of the command line as functions. */
export { CommandError, DindError, WaitError } from './errors.js';
export { readEnvironment } from './settings/environment.js';
export { setAaaa } from './verbs/aaaa.js';
export { clean, down } from './verbs/down.js';
export { images } from './verbs/images.js';
export { kubeconfig } from './verbs/kubeconfig.js';
export { kubectl } from './verbs/kubectl.js';
export { loadImage } from './verbs/load-image.js';
export { pause, unpause } from './verbs/pause.js';
export { plan } from './verbs/plan.js';
export { status } from './verbs/status.js';
export { up } from './verbs/up.js';
export type { Context } from './steps/context.js';
export type { AaaaResult } from './results/aaaa.js';
export type { ClusterStatus } from './results/status.js';
export type { ImageStatus, PlanResult, Streams } from './steps/results.js';
export type { Environment, Settings } from './settings/types.js';
