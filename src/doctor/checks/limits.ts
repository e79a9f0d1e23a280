import { describeShortInotify } from '../../host/inotify.js';
import { checkOf, ok, unknown, warning } from '../check.js';

const remedy =
  "printf 'fs.inotify.max_user_instances=512\\nfs.inotify.max_user_watches=524288\\n' | sudo tee /etc/sysctl.d/60-inotify.conf && sudo sysctl --system";

export const inotify = checkOf(
  {
    id: 'inotify',
    title: 'inotify',
    looked: 'fs.inotify.max_user_instances and max_user_watches, which all nodes share',
  },
  ['host'],
  ({ host: { inotify: limits } }, { settings }) => {
    if (limits.maxUserInstances === 0) return unknown('the limits could not be read');
    const short = describeShortInotify(limits, settings.numWorkers);
    return short === undefined
      ? ok(`${limits.maxUserInstances} instances, ${limits.maxUserWatches} watches`)
      : warning(short, remedy);
  },
);

/** An API server with etcd and a few dozen watchers stays below it; far less has been seen to break pulls. */
const leastOpenFiles = 8192;

export const openFiles = checkOf(
  { id: 'open-files', title: 'open files', looked: 'fs.file-nr, fs.file-max, and the hard limit of a container' },
  ['machine'],
  ({ machine: { openFiles: files } }) => {
    if (files === undefined) return unknown('the limits could not be read');
    if (files.used > files.most * 0.9)
      return warning(
        `${files.used} of ${files.most} files are open on the engine host`,
        'sudo sysctl fs.file-max=2097152',
      );
    if (files.hardLimit < leastOpenFiles) {
      return warning(
        `a container may open ${files.hardLimit} files at most; an API server with etcd and its clients may need more`,
        'raise LimitNOFILE of docker.service (sudo systemctl edit docker), or take "default-ulimits" out of /etc/docker/daemon.json; then: sudo systemctl restart docker',
      );
    }
    return ok(
      `${files.used} open; a container may open ${files.hardLimit === Infinity ? 'any number' : files.hardLimit}`,
    );
  },
);
