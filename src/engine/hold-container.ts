import type { Duplex } from 'node:stream';
import { createContainer, removeContainer, startContainer } from './containers.js';
import { ask } from './engine-error.js';
import type { Connection } from './transport.js';
import type { ContainerSpec, Hold } from './types.js';

/**
 * Starts a container whose program ends with its input, and keeps that open: it is gone when it is released, or when this process is (the kernel closes its
 * connection, however it ended). With a name it is a lock that all clients of the engine see. Throws `name-taken` when another one holds it.
 */
export async function holdContainer(connection: Connection, spec: ContainerSpec): Promise<Hold> {
  const { id } = await createContainer(connection, spec, { stdin: true });
  let stream: Duplex | undefined;
  const release = async (): Promise<void> => {
    stream?.destroy();
    await removeContainer(connection, id).catch(() => undefined);
  };
  try {
    const doing = `holding container ${spec.name ?? id}`;
    stream = (await ask(connection.endpoint, doing, () =>
      connection.docker.getContainer(id).attach({ stream: true, stdin: true, stdout: true, hijack: true }),
    )) as Duplex;
    // An engine that goes away says so to whoever asks it for something.
    stream.on('error', () => undefined).resume();
    await startContainer(connection, id);
    return { release };
  } catch (error) {
    await release();
    throw error;
  }
}
