import { setTimeout as pause } from 'node:timers/promises';
import type { Engine, ExecOptions, ExecResult } from '../engine/types.js';

/** kubeadm's own credentials on a control plane node, valid before its RBAC rules exist. */
export const adminKubeconfig = '/etc/kubernetes/super-admin.conf';

export interface KubectlOptions extends ExecOptions {
  /** How long an API that is away for a moment is asked again, in milliseconds. */
  limitMs: number;
}

/**
 * kubectl on a control plane node, with the cluster administrator's credentials. What it asks must bear being asked twice: while the API server or etcd
 * is too busy or away for a moment (a slow machine, a restarted container), it is asked again. Never throws for an exit code.
 */
export async function runKubectl(
  engine: Engine,
  controlPlane: string,
  argv: readonly string[],
  { limitMs, ...options }: KubectlOptions,
): Promise<ExecResult> {
  const end = performance.now() + limitMs;
  for (;;) {
    const result = await engine.exec(controlPlane, ['kubectl', `--kubeconfig=${adminKubeconfig}`, ...argv], options);
    if (result.exitCode === 0 || !isApiAway(result.stderr) || performance.now() + pauseMs > end) return result;
    await pause(pauseMs, undefined, { signal: options.signal });
  }
}

const pauseMs = 500;

/** Whether kubectl's error output tells of a server that will answer later, and not of a request that it refuses. */
export function isApiAway(stderr: string): boolean {
  return awayReasons.test(stderr);
}

const awayReasons =
  /etcdserver: |connection (refused|reset)|connection to the server .* was refused|i\/o timeout|TLS handshake timeout|\bEOF\b|too many requests|currently unable to handle|did not complete within|context deadline exceeded|the server was unable to return a response/i;
