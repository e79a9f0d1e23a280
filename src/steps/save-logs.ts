import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Engine } from '../engine/types.js';
import { DindError } from '../errors.js';
import { redact } from '../progress/redact.js';
import { scaleLimit } from '../wait.js';
import { findKnownCauses } from './known-causes.js';
import type { StepContext, UpStep } from './step.js';

/** The step, whose failure leaves the logs of all nodes in `<state>/logs/<cluster>-<time>/<node>/` and names that folder in its hint. */
export function savingNodeLogs(step: UpStep): UpStep {
  return {
    ...step,
    run: async (context, observe) => {
      try {
        return await step.run(context, observe);
      } catch (error) {
        // Interrupted, or ended because another step failed: there is nothing to look for.
        if (context.signal.aborted || !(error instanceof DindError)) throw error;
        observe('saving the logs of the nodes');
        throw withHint(error, await saveNodeLogs(context));
      }
    },
  };
}

/** What each file holds, as a command in a node. Nothing of it waits for the API. */
const sources: Readonly<Record<string, string>> = {
  'kubelet.log': 'journalctl --no-pager --unit kubelet',
  'containerd.log': 'journalctl --no-pager --unit containerd',
  'units.txt': 'systemctl --no-pager --failed; systemctl --no-pager status kubelet containerd',
  'containers.txt': 'ctr --namespace k8s.io containers list; ctr --namespace k8s.io tasks list; if command -v crictl >/dev/null; then crictl ps --all; fi',
  'pods.log': 'tail -n 200 /var/log/pods/*/*/*.log',
  'network.txt': 'cat /etc/resolv.conf; ip -6 address; ip -6 route; ip -6 neighbour; nft list ruleset; ip6tables-save',
};

/** What the logs tell of the engine host, and the folder, or why there is none: the failure that is being looked into must not be hidden by another. */
async function saveNodeLogs({ engine, plan, paths, log, signal }: StepContext): Promise<string> {
  const folder = join(paths.state, 'logs', `${plan.clusterName}-${new Date().toISOString().replaceAll(/[:.]/g, '-')}`);
  const limited = AbortSignal.any([signal, AbortSignal.timeout(scaleLimit(20_000, plan.timeoutMs))]);
  const hints: string[] = [];
  try {
    const logs = await Promise.all(plan.nodes.map(async ({ name }) => ({ name, files: await readNodeLogs(engine, name, limited) })));
    hints.push(...findKnownCauses(logs.flatMap(({ files }) => [...files.values()]).join('\n')));
    for (const { name, files } of logs) await saveFiles(join(folder, name), files);
    hints.push(`the logs of the nodes (kubelet, containerd, pods) are in ${folder}`);
  } catch (error) {
    log.warn({ err: error }, 'saving the logs of the nodes');
    hints.push(`the logs of the nodes could not be saved: ${error instanceof Error ? error.message : String(error)}`);
  }
  return hints.join('\n');
}

async function readNodeLogs(engine: Engine, node: string, signal: AbortSignal): Promise<Map<string, string>> {
  if ((await engine.findContainer(node)) === undefined) return new Map();
  try {
    const read = Object.entries(sources).map(async ([file, script]) => {
      const { stdout, stderr } = await engine.exec(node, ['sh', '-c', script], { signal });
      return [file, stdout + stderr] as const;
    });
    return new Map(await Promise.all(read));
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof DindError)) throw error;
    // It does not run, or not for long.
    return new Map([['container.log', await engine.logs(node, 1000)]]);
  }
}

async function saveFiles(folder: string, files: ReadonlyMap<string, string>): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await Promise.all([...files].map(([file, content]) => writeFile(join(folder, file), redact(content), { mode: 0o600 })));
}

function withHint(error: DindError, text: string): DindError {
  const { code, source, doing, where, observed, hint, exitCode } = error;
  return new DindError({ code, source, doing, observed, exitCode, hint: hint === undefined ? text : `${hint}\n${text}`, cause: error, ...(where === undefined ? {} : { where }) });
}
