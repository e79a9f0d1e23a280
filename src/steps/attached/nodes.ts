import { listKindNodes } from '../../cluster/kind.js';
import { execInNode } from '../../cluster/node.js';
import type { RemovalStep, UpStep } from '../../cluster/step.js';
import type { Engine, FileEntry } from '../../engine/types.js';
import { kindClusterOf } from '../../plan/attached.js';
import {
  attachedNodePaths,
  attachedNodeProgram,
  attachedUnit,
  renderAttachedNodeFiles,
} from '../../render/attached-node.js';

/** Each node gets its way to NAT64, now and at each of its starts. */
export const leadNodes: UpStep = {
  id: 'nodes',
  title: 'nodes led to NAT64',
  after: ['record'],
  run: async ({ engine, plan, signal }) => {
    const files = renderAttachedNodeFiles(plan);
    const changed = await Promise.all(plan.nodes.map(({ name }) => leadNode(engine, name, files, signal)));
    const count = changed.filter(Boolean).length;
    return count === 0 ? { result: 'unchanged' } : { result: 'done', text: String(count) };
  },
};

/** Says whether something changed. */
async function leadNode(engine: Engine, node: string, files: FileEntry[], signal: AbortSignal): Promise<boolean> {
  const current = await Promise.all(files.map(({ path }) => engine.readFile(node, `/${path}`)));
  const same = files.every(({ content }, index) => current[index]?.toString() === content.toString());
  // A node that keeps what it has gets its route and rules again where somebody took them away.
  const script = same
    ? `systemctl is-active --quiet ${attachedUnit} && systemctl is-enabled --quiet ${attachedUnit} || again=yes
before=$(ip -6 route; ip6tables-save --table nat)
[ -z "$again" ] || systemctl enable --now --quiet ${attachedUnit}
${attachedNodeProgram} up
[ -z "$again" ] && [ "$before" = "$(ip -6 route; ip6tables-save --table nat)" ] && echo unchanged || echo changed`
    : `systemctl daemon-reload && systemctl enable --quiet ${attachedUnit} && systemctl restart ${attachedUnit} && ${attachedNodeProgram} up && echo changed`;
  if (!same) await engine.putFiles(node, '/', files);
  const stdout = await execInNode(engine, node, ['bash', '-c', script], {
    doing: 'leading a node to NAT64',
    signal,
  });
  return stdout.trim() !== 'unchanged';
}

/** Nodes as they were. Those that are gone need nothing. */
export const releaseNodes: RemovalStep = {
  id: 'nodes',
  title: 'nodes as they were',
  after: [],
  // Cluster DNS would go on to forward to where no way leads.
  needs: ['cluster-dns'],
  run: async ({ engine, clusterName, signal }) => {
    const nodes = await listKindNodes(engine, kindClusterOf(clusterName));
    const [, unitFile] = attachedNodePaths;
    const script = `[ -e ${unitFile} ] || exit 0
systemctl disable --now --quiet ${attachedUnit}
[ ! -e ${attachedNodeProgram} ] || ${attachedNodeProgram} down
rm -rf ${attachedNodePaths.join(' ')} && systemctl daemon-reload && echo released`;
    const released = await Promise.all(
      nodes.map(({ name }) =>
        execInNode(engine, name, ['bash', '-c', script], { doing: 'taking the way to NAT64 from a node', signal }),
      ),
    );
    return { result: released.every((stdout) => stdout.trim() === '') ? 'unchanged' : 'done' };
  },
};
