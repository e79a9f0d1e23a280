import type { Engine, ExecOptions, FileEntry } from '../engine/types.js';
import { CommandError, DindError, WaitError } from '../errors.js';
import type { NodePlan } from '../plan/types.js';

/** Runs a command in a node; anything but exit code 0 is a CommandError. Gives stdout. */
export async function execInNode(
  engine: Engine,
  node: string,
  argv: string[],
  { doing, ...options }: ExecOptions & { doing: string },
): Promise<string> {
  const { exitCode, stdout, stderr } = await engine.exec(node, argv, options);
  if (exitCode !== 0)
    throw new CommandError({
      doing,
      where: node,
      argv,
      status: exitCode,
      output: stderr.trim() === '' ? stdout : stderr,
    });
  return stdout;
}

/**
 * A wait that a program in the node does by itself (a watch, a start job), so that no exec is paid a look; it must end within about
 * `limitMs`. Anything but exit code 0 is a WaitError (exit code 3) with the end of what it said.
 */
export async function waitInNode(
  engine: Engine,
  node: string,
  argv: string[],
  { condition, limitMs, ...options }: ExecOptions & { condition: string; limitMs: number },
): Promise<void> {
  const start = performance.now();
  const { exitCode, stdout, stderr } = await engine.exec(node, argv, options);
  if (exitCode === 0) return;
  if (exitCode === killed && performance.now() - start < limitMs) throw await nodeEnded(engine, node, condition);
  const said = `${stdout}\n${stderr}`.trim().split('\n').slice(-5).join('\n');
  throw new WaitError({
    condition,
    limitMs,
    where: node,
    lastObserved: said === '' ? `\`${argv[0] ?? ''}\` ended with exit code ${exitCode}` : said,
  });
}

/** By SIGKILL, as everything in a container is that ends. */
const killed = 137;

/** A node that goes down while something is waited for in it: its own last words tell why, not the wait. */
async function nodeEnded(engine: Engine, node: string, condition: string): Promise<DindError> {
  const [state, log] = await Promise.all([engine.findContainer(node), engine.logs(node, 5).catch(() => '')]);
  return new DindError({
    code: 'node-ended',
    source: 'environment',
    doing: `waiting until ${condition}`,
    where: node,
    observed: `what runs in the node was killed; its container is ${state?.status ?? 'gone'}${log.trim() === '' ? '' : `; the end of its log:\n${log.trim()}`}`,
    hint: `docker logs ${node}`,
  });
}

/**
 * Runs kubeadm on a node to its end. kubeadm gives containerd a fixed few seconds for the first answer of its pre-flight checks, whatever its
 * `timeouts` say, and changes nothing before them: on a slow machine it is simply run again, for at most `limitMs`.
 */
export async function runKubeadm(
  engine: Engine,
  node: string,
  argv: string[],
  { limitMs, ...options }: ExecOptions & { doing: string; limitMs: number },
): Promise<void> {
  const end = Date.now() + limitMs;
  for (;;) {
    try {
      await execInNode(engine, node, ['kubeadm', ...argv], options);
      return;
    } catch (error) {
      if (!isSilentRuntime(error) || Date.now() > end) throw error;
    }
  }
}

/** Whether the one thing wrong is that containerd has not answered in time. */
export function isSilentRuntime(error: unknown): boolean {
  if (!(error instanceof CommandError)) return false;
  const found = error.output.split('\n').filter((line) => /^\s*\[ERROR /.test(line));
  return found.length === 1 && /\[ERROR CRI\].*DeadlineExceeded/.test(found[0] ?? '');
}

/** Gives a running node its routes, egress rules and resolver anew, if they differ from what it has. */
export async function applyNodeNetwork(
  engine: Engine,
  node: Pick<NodePlan, 'name'>,
  files: FileEntry[],
): Promise<boolean> {
  const current = await Promise.all(files.map((file) => engine.readFile(node.name, `/${file.path}`)));
  if (files.every((file, index) => current[index]?.toString() === file.content.toString())) return false;
  await engine.putFiles(node.name, '/', files);
  const argv = ['/dind64/apply-network'];
  const { exitCode, stdout, stderr } = await engine.exec(node.name, argv);
  if (exitCode !== 0)
    throw new CommandError({
      doing: 'applying the network of a node',
      where: node.name,
      argv,
      status: exitCode,
      output: stderr + stdout,
    });
  return true;
}
