import { waitUntil } from '../wait.js';
import { renderContainerBody } from './container-body.js';
import { containerState, type ApiContainer } from './container-state.js';
import {
  ask,
  askForOptional,
  engineError,
  engineMessage,
  isAbsent,
  vanished,
  type DockerFailure,
} from './engine-error.js';
import { labelFilters } from './label-filters.js';
import type { Connection } from './transport.js';
import type { ContainerSpec, ContainerState } from './types.js';

/** A container by its name (or full id); `undefined` when there is none. */
export async function findContainer(
  { docker, endpoint }: Connection,
  name: string,
): Promise<ContainerState | undefined> {
  const found = (await askForOptional(endpoint, `looking for container ${name}`, () =>
    docker.getContainer(name).inspect(),
  )) as ApiContainer | undefined;
  // The engine takes the beginning of an id for a name.
  return found === undefined || (found.Name !== `/${name}` && found.Id !== name) ? undefined : containerState(found);
}

/** All containers, running or not, with these labels; a label without a value matches any. */
export async function listContainers(
  connection: Connection,
  labelFilter: Record<string, string | undefined>,
): Promise<ContainerState[]> {
  const found = await ask(connection.endpoint, 'listing containers', () =>
    connection.docker.listContainers({ all: true, filters: labelFilters(labelFilter) }),
  );
  const containers = await Promise.all(found.map(({ Id }) => findContainer(connection, Id)));
  return containers.filter((container) => container !== undefined);
}

/** Makes a container, started by startContainer; the engine removes a throw-away one at its end. Throws `name-taken`, `engine-object-absent` (image, network), ... */
export async function createContainer(
  connection: Connection,
  spec: ContainerSpec,
  throwAway: { stdin: boolean } | undefined = undefined,
): Promise<ContainerState> {
  const doing = `creating container ${spec.name ?? `of ${spec.image}`}`;
  const create = async (wanted: ContainerSpec): Promise<string> => {
    const body = {
      ...renderContainerBody(wanted, throwAway !== undefined),
      name: wanted.name,
      ...(throwAway?.stdin === true ? { OpenStdin: true, StdinOnce: true, AttachStdin: true } : {}),
    };
    try {
      return (await connection.docker.createContainer(withoutUndefined(body) as never)).id;
    } catch (error) {
      // The engine alone sees its host's files; it makes nothing before it has looked at them all.
      const less = withoutAbsentMount(wanted, engineMessage(error as DockerFailure));
      if (less === undefined) throw error;
      return create(less);
    }
  };
  const id = await ask(connection.endpoint, doing, () => create(spec));
  const container = await findContainer(connection, id);
  if (container !== undefined) return container;
  throw vanished(doing, connection.endpoint);
}

/** The specification without the optional mount whose source the engine says that it does not find; `undefined`: it said something else. */
export function withoutAbsentMount(spec: ContainerSpec, message: string): ContainerSpec | undefined {
  const path = /bind source path does not exist: (\S+)/.exec(message)?.[1];
  const absent = spec.mounts?.find(({ optional, source }) => optional === true && source === path);
  return absent === undefined
    ? undefined
    : { ...spec, mounts: (spec.mounts ?? []).filter((mount) => mount !== absent) };
}

/** dockerode writes the keys of this body into the query too, those without a value as empty ones. */
function withoutUndefined(body: object): unknown {
  return JSON.parse(JSON.stringify(body));
}

/** Starts a container; running already is fine. */
export async function startContainer({ docker, endpoint }: Connection, name: string): Promise<void> {
  await change(endpoint, `starting container ${name}`, /already started/, () => docker.getContainer(name).start());
}

/** Stops a container, by force after the grace period; stopped already is fine. */
export async function stopContainer(
  { docker, endpoint }: Connection,
  name: string,
  graceSeconds: number,
): Promise<void> {
  await change(endpoint, `stopping container ${name}`, /already stopped/, () =>
    docker.getContainer(name).stop({ t: graceSeconds }),
  );
}

export async function restartContainer({ docker, endpoint }: Connection, name: string): Promise<void> {
  await ask(endpoint, `restarting container ${name}`, () => docker.getContainer(name).restart());
}

/** Freezes a container; frozen already is fine. */
export async function pauseContainer({ docker, endpoint }: Connection, name: string): Promise<void> {
  await change(endpoint, `pausing container ${name}`, /already paused/, () => docker.getContainer(name).pause());
}

/** Lets a frozen container go on; not frozen is fine. */
export async function unpauseContainer({ docker, endpoint }: Connection, name: string): Promise<void> {
  await change(endpoint, `unpausing container ${name}`, /is not paused/, () => docker.getContainer(name).unpause());
}

/** Removes a container and its anonymous volumes, running or not; returns when it is gone. Absent is fine. */
export async function removeContainer(connection: Connection, name: string): Promise<void> {
  const doing = `removing container ${name}`;
  try {
    await connection.docker.getContainer(name).remove({ force: true, v: true });
  } catch (error) {
    if (isAbsent(error)) return;
    if (!/already in progress/.test(engineMessage(error as DockerFailure)))
      throw engineError(error, doing, connection.endpoint);
    await waitUntil(
      { condition: `container ${name} is removed`, limitMs: 60_000, intervalMs: 50, where: connection.endpoint },
      async () => {
        const container = await findContainer(connection, name);
        return container === undefined ? { done: undefined } : { seen: `its status is ${container.status}` };
      },
    );
  }
}

/** A change of state; the engine's complaint that it is so already (304, or 409 and 500 with `unchanged`) counts as done. */
async function change(
  endpoint: string,
  doing: string,
  unchanged: RegExp,
  request: () => Promise<unknown>,
): Promise<void> {
  try {
    await request();
  } catch (error) {
    const failure = error as DockerFailure;
    if (failure.statusCode === 304 || unchanged.test(failure.message)) return;
    throw engineError(error, doing, endpoint);
  }
}
