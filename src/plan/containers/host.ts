import { labels } from '../../labels.js';
import type { NamedContainerSpec, PlanCore } from '../types.js';

/** Where the volumes with what was on the host before are mounted. */
const changesDirectory = '/var/lib/dind64/host-changes';

/**
 * The host container: it keeps the cluster's record in its volume, and the volumes that hold what was on the engine host before. It runs so that
 * they outlive `docker volume prune -a` and `docker container prune`: an engine removes no volume of a running container. It does nothing else
 * and may do nothing else.
 */
export function planHostContainer({ clusterName, baseImage, host }: PlanCore): NamedContainerSpec {
  return {
    name: host.container,
    hostname: host.container,
    image: baseImage,
    entrypoint: ['sleep'],
    command: ['infinity'],
    user: 'nobody',
    labels: { [labels.cluster]: clusterName, [labels.role]: 'host' },
    network: 'none',
    readOnlyRoot: true,
    mounts: [
      { type: 'volume', source: host.configVolume, target: '/etc/dind64', noCopy: true },
      ...host.changeVolumes.map((source) => ({
        type: 'volume' as const,
        source,
        target: `${changesDirectory}/${source}`,
        readOnly: true,
        noCopy: true,
      })),
    ],
    restart: 'unless-stopped',
    // `sleep` as PID 1 hears no other signal, and an engine that stops would wait for it.
    stopSignal: 'SIGKILL',
  };
}
