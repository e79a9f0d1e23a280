import type { EngineEnvironment } from '../../../../src/settings/types.js';

/** A user without any Docker settings. */
export const bareEnvironment: EngineEnvironment = {
  dockerHost: undefined,
  dockerContext: undefined,
  dockerConfig: '/nonexistent',
  dockerCertPath: undefined,
  dockerTlsVerify: false,
  proxy: {},
  caBundle: undefined,
};
