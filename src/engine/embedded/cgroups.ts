import { createHash } from 'node:crypto';
import { readdir, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** The cgroup above all containers of the engine with this run folder: its own, so that all of it can be removed. */
export function engineCgroup(runDir: string): string {
  return `/dind64-engine-${createHash('sha256').update(runDir).digest('hex').slice(0, 8)}`;
}

/** Removes the empty cgroups that the engine's containers left, in every hierarchy (v1: one folder each; v2: the root itself). */
export async function removeCgroups(runDir: string, mountPoint = '/sys/fs/cgroup'): Promise<void> {
  const hierarchies = [mountPoint, ...(await folders(mountPoint))];
  await Promise.all(hierarchies.map((path) => removeTree(join(path, engineCgroup(runDir)))));
}

async function removeTree(path: string, untilMs = Date.now() + 2000): Promise<void> {
  for (const child of await folders(path)) await removeTree(child, untilMs);
  try {
    await rmdir(path);
  } catch (error) {
    // A process leaves its cgroup a moment after it has closed its files, by which its end was noticed; v1 tells nobody.
    if ((error as NodeJS.ErrnoException).code !== 'EBUSY' || Date.now() > untilMs) return;
    await delay(20);
    await removeTree(path, untilMs);
  }
}

async function folders(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map((entry) => join(path, entry.name));
}
