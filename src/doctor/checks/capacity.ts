import { describeShortMemory } from '../../host/memory.js';
import { checkOf, failure, known, ok, unknown, warning } from '../check.js';
import { howTo } from '../../how-to.js';

const gigabyte = 1024 ** 3;
/** What a cluster writes in its first hour, and what its images take when they have to be pulled or built. */
const needs = { cluster: 2 * gigabyte, images: 12 * gigabyte, inodes: 100_000 };

export const disk = checkOf(
  { id: 'disk', title: 'disk', looked: 'space and inodes where the engine keeps its data' },
  ['machine'],
  ({ machine: { space } }, { engine, images }) => {
    if (space === undefined) return unknown('the space could not be read');
    const where = known(engine)?.info.dataRoot ?? '/';
    const needed = known(images)?.missing.length === 0 ? needs.cluster : needs.images;
    const seen = `${formatSize(space.freeBytes)} of ${formatSize(space.totalBytes)} free at ${where}`;
    const remedy = `docker system df && docker system prune     # what uses it, and what can go; ${howTo('clean --images')} frees what dind64 has`;
    if (space.freeBytes < needs.cluster / 4) return failure(`${seen}: a cluster cannot start`, remedy);
    if (space.totalInodes > 0 && space.freeInodes < needs.inodes)
      return warning(`${space.freeInodes} inodes free at ${where}; images have many small files`, remedy);
    if (space.freeBytes < needed)
      return warning(
        `${seen}; a cluster takes about ${formatSize(needs.cluster)}${needed > needs.cluster ? `, and its images, which are not there yet, up to ${formatSize(needs.images - needs.cluster)} more` : ''}`,
        remedy,
      );
    return ok(seen);
  },
);

export const memory = checkOf(
  { id: 'memory', title: 'memory', looked: 'memory of the engine host, all and available' },
  ['machine'],
  ({ machine }, { settings, engine }) => {
    const total = machine.memory?.totalBytes ?? known(engine)?.info.memoryBytes;
    const shortTotal = describeShortMemory(total, settings.numWorkers);
    if (shortTotal !== undefined)
      return warning(
        shortTotal,
        `${howTo('up', 'DIND_NUM_WORKERS=0')}     # or give the engine's virtual machine more`,
      );
    const available = machine.memory?.availableBytes;
    // What a cluster that runs already has is no longer available.
    const shortNow =
      (known(engine)?.containers.length ?? 0) > 0 ? undefined : describeShortMemory(available, settings.numWorkers);
    if (shortNow !== undefined)
      return warning(
        shortNow.replace(' of memory', ' of memory available now'),
        'ps -eo rss,comm --sort=-rss | head     # what takes it',
      );
    return ok(`${formatSize(total ?? 0)}${available === undefined ? '' : `, ${formatSize(available)} available`}`);
  },
);

export const cpus = checkOf(
  { id: 'cpus', title: 'CPUs', looked: 'CPUs of the engine host' },
  ['engine'],
  ({ engine: { info } }) => {
    if (info.cpus === undefined) return unknown('the engine does not say');
    return info.cpus < 2
      ? warning(
          'one CPU: kubeadm asks for two, and everything takes twice as long',
          `${howTo('up', 'DIND_TIMEOUT=15m')}     # or give the engine's virtual machine more`,
        )
      : ok(String(info.cpus));
  },
);

function formatSize(bytes: number): string {
  return `${(bytes / gigabyte).toFixed(1)} GB`;
}
