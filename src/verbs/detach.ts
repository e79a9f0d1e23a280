import type { Context } from '../cluster/context.js';
import { withClusterLock } from '../cluster/lock.js';
import { readRecord } from '../cluster/record.js';
import { refuseForeignObjects } from '../cluster/foreign-objects.js';
import { DindError } from '../errors.js';
import { findBaseImage } from '../images/ensure.js';
import { detachSteps } from '../steps/lists.js';
import { runRemoval } from '../steps/run-steps.js';
import { attachedContext } from './attach.js';
import { removalContext } from './contexts.js';
import { howTo } from '../how-to.js';

/** Takes DNS64 and NAT64 from a kind cluster again, and leaves it, its nodes and its network as they were; one that was deleted meanwhile too. Idempotent. */
export async function detach(given: Context, { kind }: { kind: string }): Promise<void> {
  const context = attachedContext(given, kind);
  const engine = await context.connect();
  const { clusterName } = context.environment.settings;
  await withClusterLock(context, engine, await findBaseImage(engine), async () => {
    await refuseForeignObjects(engine, clusterName, 0);
    const record = await readRecord(engine, clusterName).catch((error: unknown) => {
      if (!(error instanceof DindError)) throw error;
      return undefined;
    });
    if (record !== undefined && record.attached === undefined)
      throw new DindError({
        code: 'not-attached',
        source: 'user',
        exitCode: 2,
        doing: `detaching from the kind cluster ${kind}`,
        observed: `${clusterName} is a cluster that \`up\` made`,
        hint: `to remove it: ${howTo('clean', `DIND_CLUSTER_NAME=${clusterName}`)}`,
      });
    await runRemoval(detachSteps, removalContext(context, engine, record));
  });
  await context.disconnect({ removeCache: false });
  context.reporter.report({
    type: 'summary',
    title: `nothing is attached to the kind cluster ${kind}`,
    lines: ['Nodes, cluster DNS and network are as they were, and its pods have no DNS64 and no NAT64 of dind64.'],
  });
}
