import { CommandError } from '../errors.js';
import type { Engine, ExecOptions } from '../engine/types.js';

/** kubeadm's own credentials on a control plane node, valid before its RBAC rules exist. */
export const adminKubeconfig = '/etc/kubernetes/super-admin.conf';

/** Runs a command in a node; anything but exit code 0 is a CommandError. Gives stdout. */
export async function execInNode(engine: Engine, node: string, doing: string, argv: string[], options: ExecOptions = {}): Promise<string> {
  const { exitCode, stdout, stderr } = await engine.exec(node, argv, options);
  if (exitCode !== 0) throw new CommandError({ doing, where: node, argv, status: exitCode, output: stderr.trim() === '' ? stdout : stderr });
  return stdout;
}

/** kubectl on the control plane, with the cluster administrator's credentials. */
export async function kubectlInNode(engine: Engine, controlPlane: string, doing: string, argv: string[], options: ExecOptions = {}): Promise<string> {
  return execInNode(engine, controlPlane, doing, ['kubectl', `--kubeconfig=${adminKubeconfig}`, ...argv], options);
}
