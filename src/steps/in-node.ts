import { CommandError, WaitError } from '../errors.js';
import type { Engine, ExecOptions } from '../engine/types.js';

/** kubeadm's own credentials on a control plane node, valid before its RBAC rules exist. */
export const adminKubeconfig = '/etc/kubernetes/super-admin.conf';

/** Runs a command in a node; anything but exit code 0 is a CommandError. Gives stdout. */
export async function execInNode(engine: Engine, node: string, doing: string, argv: string[], options: ExecOptions = {}): Promise<string> {
  const { exitCode, stdout, stderr } = await engine.exec(node, argv, options);
  if (exitCode !== 0) throw new CommandError({ doing, where: node, argv, status: exitCode, output: stderr.trim() === '' ? stdout : stderr });
  return stdout;
}

/**
 * A wait that a program in the node does by itself (a watch, a start job), so that no exec is paid a look; it must end within about
 * `limitMs`. Anything but exit code 0 is a WaitError (exit code 3) with the end of what it said.
 */
export async function waitInNode(engine: Engine, node: string, wait: { condition: string; limitMs: number }, argv: string[], options: ExecOptions = {}): Promise<void> {
  const { exitCode, stdout, stderr } = await engine.exec(node, argv, options);
  if (exitCode === 0) return;
  const said = `${stdout}\n${stderr}`.trim().split('\n').slice(-5).join('\n');
  throw new WaitError({ ...wait, where: node, lastObserved: said === '' ? `\`${argv[0] ?? ''}\` ended with exit code ${exitCode}` : said });
}

/** kubectl on the control plane, with the cluster administrator's credentials. */
export async function kubectlInNode(engine: Engine, controlPlane: string, doing: string, argv: string[], options: ExecOptions = {}): Promise<string> {
  return execInNode(engine, controlPlane, doing, ['kubectl', `--kubeconfig=${adminKubeconfig}`, ...argv], options);
}
