import { DindError } from '../../errors.js';

/** No Docker is installed, and the embedded engine that `up` would start does not run. */
export class EmbeddedEngineDownError extends DindError {}

/** The same, and dind64 never made an embedded engine: nothing of its can be there. */
export class NeverHadEngineError extends EmbeddedEngineDownError {}
