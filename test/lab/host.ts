import { fileURLToPath } from 'node:url';

/** What `hostArgv` needs of a lab. */
export interface HostView {
  namespace: string;
  resolvConf: string;
}

/**
 * argv that makes a program of this machine run as if on the engine host: in its network namespace, and in a mount
 * namespace of its own whose /etc/resolv.conf is the engine host's. Sockets of this machine's resolver daemons are hidden,
 * or name lookups through them would leave the lab.
 */
export function renderHostArgv(
  view: HostView,
  argv: readonly string[],
  user?: { uid: number; gid: number; groups?: number[] },
): string[] {
  const asUser =
    user === undefined
      ? []
      : [
          'setpriv',
          `--reuid=${user.uid}`,
          `--regid=${user.gid}`,
          ...(user.groups === undefined ? ['--clear-groups'] : [`--groups=${user.groups.join(',')}`]),
          '--',
        ];
  return [
    'nsenter',
    `--net=${view.namespace}`,
    'unshare',
    '--mount',
    '--propagation',
    'private',
    'sh',
    fileURLToPath(new URL('enter-host.sh', import.meta.url)),
    view.resolvConf,
    ...asUser,
    ...argv,
  ];
}

/** The environment on the engine host: this process's without proxies and other engines. */
export function hostEnvironment(
  base: NodeJS.ProcessEnv,
  engineEndpoint: string | undefined,
  extra: Record<string, string> = {},
): Record<string, string> {
  const kept = Object.entries(base).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && !/^(.*_proxy|docker_.*|dind_.*|kubeconfig)$/i.test(entry[0]),
  );
  return {
    ...Object.fromEntries(kept),
    ...(engineEndpoint === undefined ? {} : { DOCKER_HOST: engineEndpoint }),
    ...extra,
  };
}
