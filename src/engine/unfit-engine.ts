import { DindError } from '../errors.js';
import { lowerVersion } from './transport.js';

/** The parts of `GET /version` and `GET /info` that decide whether an engine can be used. */
export interface EngineIdentity {
  Version?: string | undefined;
  ApiVersion?: string | undefined;
  Os?: string | undefined;
  Components?: { Name: string }[] | undefined;
  SecurityOptions?: string[] | null | undefined;
}

/** API version of Docker 28.0: the first with IPv6-only networks. Self-built engines have no usable version text, so this decides. */
const neededApi = '1.48';

/** The reason why dind64 cannot use this engine, or `undefined`. */
export function findUnfitness(identity: EngineIdentity, where: string): DindError | undefined {
  const refuse = (code: string, observed: string, hint: string): DindError =>
    new DindError({ code, source: 'environment', doing: 'checking the Docker engine', where, observed, hint });

  if (identity.Components?.some((component) => component.Name === 'Podman Engine') === true) {
    return refuse(
      'engine-podman',
      'this socket belongs to Podman',
      'dind64 needs Docker Engine 28 or newer: nodes rely on networks that Podman does not make; point DOCKER_HOST or the context at a Docker engine',
    );
  }
  if (identity.Os !== undefined && identity.Os !== 'linux') {
    return refuse(
      'engine-not-linux',
      `the engine runs ${identity.Os} containers`,
      'switch Docker Desktop to Linux containers',
    );
  }
  const api = identity.ApiVersion ?? '0.0';
  if (lowerVersion(neededApi, api) !== neededApi) {
    return refuse(
      'engine-too-old',
      `Docker ${identity.Version ?? 'of unknown version'} (API ${api})`,
      'IPv6-only networks need Docker 28 or newer: upgrade it (https://docs.docker.com/engine/install/)',
    );
  }
  if (identity.SecurityOptions?.some((option) => option.startsWith('name=rootless')) === true) {
    return refuse(
      'engine-rootless',
      'this engine is rootless',
      "nodes need privileges and rules in the host's own network namespace: use the system's engine, e.g. `docker context use default`",
    );
  }
  return undefined;
}
