import { labels } from '../../labels.js';
import type { NamedContainerSpec, PlanCore } from '../types.js';

/** Where the volumes with what was on the host before are mounted. */
const changesDirectory = '/var/lib/dind64/host-changes';

/** Where the volume of the record is mounted, with what the guard reads and its program. */
export const guardDirectory = '/etc/dind64';

export const guardProgram = `${guardDirectory}/guard`;

/**
 * The host container: it keeps the cluster's record in its volume, and the volumes that hold what was on the engine host before, and it is the guard of the
 * engine host (shell/host-guard.bash), in the network namespace of which it runs. That it runs keeps the volumes from `docker volume prune -a` and
 * `docker container prune`. NET_RAW: one router solicitation. It listens nowhere.
 */
export function planHostContainer(plan: PlanCore): NamedContainerSpec {
  const { clusterName, baseImage, host, attached } = plan;
  if (attached !== undefined) return planRecordContainer(plan, attached.cluster);
  return {
    name: host.container,
    image: baseImage,
    entrypoint: ['bash', guardProgram],
    command: ['watch'],
    labels: { [labels.cluster]: clusterName, [labels.role]: 'host' },
    network: 'host',
    // With the engine's user namespace remap, host networking is refused otherwise; without it this changes nothing.
    userNamespace: 'host',
    capabilities: ['NET_ADMIN', 'NET_RAW'],
    // accept_ra of an uplink that appears later.
    unconfinedPaths: true,
    readOnlyRoot: true,
    tmpfs: { '/run': '' },
    mounts: [
      { type: 'volume', source: host.configVolume, target: guardDirectory, noCopy: true },
      ...host.changeVolumes.map((source) => ({
        type: 'volume' as const,
        source,
        target: `${changesDirectory}/${source}`,
        readOnly: true,
        noCopy: true,
      })),
    ],
    restart: 'unless-stopped',
    // `bash` as PID 1 hears no other signal, and an engine that stops would wait for it.
    stopSignal: 'SIGKILL',
  };
}

/** Where helpers are attached to another tool's cluster, nothing of the engine host is changed: this one keeps the record, with no network and no capability. */
function planRecordContainer({ clusterName, baseImage, host }: PlanCore, cluster: string): NamedContainerSpec {
  return {
    name: host.container,
    image: baseImage,
    entrypoint: ['sleep'],
    command: ['infinity'],
    labels: { [labels.cluster]: clusterName, [labels.role]: 'host', [labels.attached]: cluster },
    network: 'none',
    readOnlyRoot: true,
    mounts: [{ type: 'volume', source: host.configVolume, target: guardDirectory, noCopy: true }],
    restart: 'unless-stopped',
    stopSignal: 'SIGKILL',
  };
}
