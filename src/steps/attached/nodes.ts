import { listKindNodes } from '../../cluster/kind.js';
import { execInNode } from '../../cluster/node.js';
import type { RemovalStep, UpStep } from '../../cluster/step.js';
import type { Engine } from '../../engine/types.js';
import { kindClusterOf } from '../../plan/attached.js';
import type { ClusterPlan } from '../../plan/types.js';
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
    const changed = await Promise.all(plan.nodes.map(({ name }) => leadNode(engine, plan, name, signal)));
    const count = changed.filter(Boolean).length;
    return count === 0 ? { result: 'unchanged' } : { result: 'done', text: String(count) };
  },
};

/** Says whether something changed. */
async function leadNode(engine: Engine, plan: ClusterPlan, node: string, signal: AbortSignal): Promise<boolean> {
  const files = renderAttachedNodeFiles(plan);
  const current = await Promise.all(files.map(({ path }) => engine.readFile(node, `/${path}`)));
  const same = files.every(({ content }, index) => current[index]?.toString() === content.toString());
  // A node that keeps what it has gets its route and rules again where somebody took them away.
  // Of its network only what is ours is compared: pods come and go.
  const look = `ip -6 route show ${plan.nat64.prefix}; ip6tables --table nat --list-rules POSTROUTING | grep 'comment dind64 '`;
  const script = same
    ? `systemctl is-active --quiet ${attachedUnit} && systemctl is-enabled --quiet ${attachedUnit} || again=yes
before=$(${look})
[ -z "$again" ] || systemctl enable --now --quiet ${attachedUnit}
${attachedNodeProgram} up
[ -z "$again" ] && [ "$before" = "$(${look})" ] && echo unchanged || echo changed`
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
