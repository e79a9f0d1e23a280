import { createHash } from 'node:crypto';
import type { ContainerSpec, Engine, FileEntry } from '../engine/types.js';
import { labels } from '../labels.js';

export interface WantedContainer {
  /** With a name. */
  spec: ContainerSpec & { name: string };
  /** Below `directory`, put in before the first start; part of what decides whether an existing container is right. */
  files: FileEntry[];
  /** Put in as well, but changed on a running container rather than by a new one (mode, rules, routes). */
  liveFiles: FileEntry[];
  directory: string;
  /** Whether another specification means a new container (helpers), or is left as it is (nodes, which hold a cluster). */
  replaceWhenDifferent: boolean;
}

export type Outcome = 'created' | 'started' | 'unchanged';

/**
 * Makes the container, or starts or unpauses it, or leaves it alone. One that was created but never started gets its files again, since
 * a killed `up` may have left it without them.
 */
export async function ensureContainer(engine: Engine, wanted: WantedContainer): Promise<Outcome> {
  const { spec, files, liveFiles, directory } = wanted;
  const hash = hashSpecification(spec, files);
  const existing = await engine.findContainer(spec.name);
  if (
    existing !== undefined &&
    (existing.status === 'dead' || (wanted.replaceWhenDifferent && existing.labels[labels.spec] !== hash))
  ) {
    await engine.removeContainer(spec.name);
  } else if (existing?.status === 'running') {
    return 'unchanged';
  } else if (existing?.status === 'paused') {
    await engine.unpauseContainer(spec.name);
    return 'started';
  } else if (existing !== undefined && existing.status !== 'created') {
    await engine.startContainer(spec.name);
    return 'started';
  } else if (existing !== undefined) {
    await engine.removeContainer(spec.name);
  }
  await engine.createContainer({ ...spec, labels: { ...spec.labels, [labels.spec]: hash } });
  await engine.putFiles(spec.name, directory, [...files, ...liveFiles]);
  await engine.startContainer(spec.name);
  return 'created';
}

function hashSpecification(spec: ContainerSpec, files: FileEntry[]): string {
  const entries = files.map((file) => [
    file.path,
    file.mode ?? 0o644,
    file.link ?? '',
    file.content.toString('base64'),
  ]);
  return createHash('sha256')
    .update(JSON.stringify([spec, entries]))
    .digest('hex')
    .slice(0, 16);
}
