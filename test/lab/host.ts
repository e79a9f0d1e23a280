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
    '-c',
    enterScript,
    'lab-host',
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

// The target is looked up first: on many machines /etc/resolv.conf is a link into one of the folders that are hidden.
const enterScript = `set -e
resolv=$1; shift
target=$(readlink -f /etc/resolv.conf || echo /etc/resolv.conf)
for folder in /run/systemd/resolve /run/nscd /var/run/nscd; do
  if [ -d "$folder" ]; then mount -t tmpfs tmpfs "$folder"; fi
done
[ -e "$target" ] || { mkdir -p "\${target%/*}" && : >"$target"; }
mount --bind "$resolv" "$target"
exec "$@"`;
