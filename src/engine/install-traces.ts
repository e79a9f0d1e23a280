import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { EngineEnvironment } from '../settings/types.js';
import { chosenContext, defaultSocket } from './endpoint.js';

/** Where an engine leaves traces on a Linux machine; the client (`docker`) alone is not an engine. */
export interface InstallPlaces {
  sockets: string[];
  binaries: string[];
}

export const usualPlaces: InstallPlaces = {
  sockets: [defaultSocket],
  binaries: ['/usr/bin', '/usr/sbin', '/usr/local/bin', '/usr/local/sbin', '/snap/bin', '/opt/bin'].map((folder) =>
    join(folder, 'dockerd'),
  ),
};

/**
 * What says that this user has, or means, a Docker engine: DOCKER_HOST, a context, a socket, a dockerd. One sentence each; empty means that there is
 * none, and only then may the embedded engine take its place.
 */
export async function findInstallTraces(
  env: EngineEnvironment,
  places: InstallPlaces = usualPlaces,
): Promise<string[]> {
  const traces: string[] = [];
  if (env.dockerHost !== undefined) traces.push(`DOCKER_HOST is ${env.dockerHost}`);
  const context = await chosenContext(env);
  if (context !== undefined) traces.push(`Docker context ${context} is chosen`);
  for (const path of [...places.sockets, ...places.binaries]) {
    if (await exists(path)) traces.push(`${path} exists`);
  }
  return traces;
}

/** Whether any trace of an engine is there: where none is, the embedded one may start. */
export async function dockerIsInstalled(env: EngineEnvironment, places: InstallPlaces = usualPlaces): Promise<boolean> {
  return (await findInstallTraces(env, places)).length > 0;
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch (error) {
    // A socket folder that this user may not enter is there all the same.
    return (error as NodeJS.ErrnoException).code === 'EACCES';
  }
}
