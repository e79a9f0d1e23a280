import type { Engine } from '../engine/types.js';
import type { Reporter } from '../progress/types.js';
import type { EngineEnvironment, Settings, UserPaths } from '../settings/types.js';

/** What making images needs of a command's context. */
export interface ImageContext {
  engine: Engine;
  settings: Pick<Settings, 'k8sVersion' | 'nodeImage' | 'imageSource' | 'timeoutMs'>;
  paths: Pick<UserPaths, 'cache' | 'state'>;
  engineEnv: Pick<EngineEnvironment, 'proxy' | 'caBundle'>;
  reporter: Reporter;
  signal: AbortSignal;
}
