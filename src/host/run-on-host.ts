import { CommandError } from '../errors.js';
import { labels } from '../labels.js';
import type { ContainerSpec, Engine, ExecResult } from '../engine/types.js';

/** Listing and writing packet rules: NET_RAW is for iptables-legacy, which speaks through a raw socket. */
export const packetRules = ['NET_ADMIN', 'NET_RAW'];

export interface HostScript {
  /** For messages, a gerund phrase. */
  doing: string;
  /** For what changes something: whoever works on that cluster next waits for its end. */
  clusterName?: string;
  /** Bash; goes in by stdin, so that nothing of it stands in `docker inspect`. */
  script: string;
  /** Its positional parameters. */
  args?: readonly string[];
  capabilities?: string[];
  /** Sysctls are written: /proc/sys must not be read-only. */
  writesSysctls?: boolean;
  /** Path of an empty volume, which is gone with the container. */
  volume?: string;
  /** /proc/1 must be the engine host's. */
  seesProcesses?: boolean;
  signal?: AbortSignal | undefined;
}

/**
 * Runs a script in a short-lived container in the engine host's network namespace: the only way in which dind64 reads or changes
 * a host, so that remote engines and engines in a VM are the same to it. Returns its output; throws CommandError when it fails.
 */
export async function runOnHost(engine: Engine, baseImage: string, request: HostScript): Promise<ExecResult> {
  const argv = ['bash', '-s', '--', ...(request.args ?? [])];
  const spec: ContainerSpec = {
    image: baseImage,
    entrypoint: argv,
    command: [],
    labels: {
      [labels.role]: 'throw-away',
      ...(request.clusterName === undefined ? {} : { [labels.cluster]: request.clusterName }),
    },
    capabilities: request.capabilities ?? [],
    network: 'host',
    // With the engine's user namespace remap, host networking is refused otherwise; without it this changes nothing.
    userNamespace: 'host',
    readOnlyRoot: true,
    // The lock of iptables-legacy.
    tmpfs: { '/run': '' },
    mounts: request.volume === undefined ? [] : [{ type: 'volume', target: request.volume }],
    ...(request.writesSysctls === true ? { unconfinedPaths: true } : {}),
    ...(request.seesProcesses === true ? { pidNamespace: 'host' as const } : {}),
  };
  const result = await engine.run(spec, {
    // As one compound command with no input: nothing the script starts can swallow the rest of it.
    stdin: `{\n${request.script}\n} < /dev/null\n`,
    signal: request.signal,
  });
  if (result.exitCode !== 0) {
    throw new CommandError({
      doing: request.doing,
      where: `the engine host of ${engine.endpoint}`,
      argv,
      status: result.exitCode,
      output: `${result.stderr}\n${result.stdout}`,
      code: 'host-command-failed',
    });
  }
  return result;
}
