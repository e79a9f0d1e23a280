import { refuseAttached } from '../cluster/access.js';
import { adoptRecord } from '../cluster/adopt.js';
import { readRecord } from '../cluster/record.js';
import type { RemovalContext } from '../cluster/step.js';
import type { Engine } from '../engine/types.js';
import { DindError } from '../errors.js';
import { findBaseImage } from '../images/ensure.js';
import { listImages, removeImages } from '../images/list.js';
import type { Context } from '../cluster/context.js';
import { withClusterLock } from '../cluster/lock.js';
import { cleanSteps, downSteps } from '../steps/lists.js';
import { runRemoval } from '../steps/run-steps.js';
import { removalContext } from './contexts.js';
import { howTo } from '../how-to.js';

/** Removes nodes, their volumes, host rules and the context; networks, helpers and images stay, so the next `up` is quicker. */
export async function down(context: Context): Promise<void> {
  const engine = await context.connect();
  await withClusterLock(context, engine, await findBaseImage(engine), async () =>
    runRemoval(downSteps, await removal(context, engine)),
  );
  const { clusterName } = context.environment.settings;
  context.reporter.report({
    type: 'summary',
    title: `${clusterName} is down`,
    lines: [
      `Its networks, helpers and images are kept: \`${howTo('up')}\` builds it again, \`${howTo('clean')}\` removes them too.`,
    ],
  });
}

/** Removes all of the cluster and restores the host from the record, half-made clusters included; with `images`, the cache too. */
export async function clean(context: Context, options: { images: boolean }): Promise<void> {
  const engine = await context.connect();
  const { clusterName } = context.environment.settings;
  await withClusterLock(context, engine, await findBaseImage(engine), async () =>
    runRemoval(cleanSteps, await removal(context, engine)),
  );
  const removed = options.images ? await removeImages(engine) : { removed: [], kept: [] };
  const kept = options.images ? [] : await listImages(engine);
  await context.disconnect({ removeCache: options.images });
  context.reporter.report({
    type: 'summary',
    title: `${clusterName} is gone, and the host is as it was`,
    lines: [
      ...(options.images
        ? [
            `${removed.removed.length} images removed`,
            ...removed.kept.map(({ reference, reason }) => `kept ${reference}: ${reason}`),
          ]
        : []),
      ...(kept.length === 0
        ? []
        : [
            `Kept as a cache: ${kept.length} images (\`${howTo('images')}\` lists them, \`${howTo('clean --images')}\` removes them)`,
          ]),
    ],
  });
}

/** A record that cannot be read does not keep a cluster from being removed. */
async function removal(context: Context, engine: Engine): Promise<RemovalContext> {
  const record = await readRecord(engine, context.environment.settings.clusterName).catch((error: unknown) => {
    if (!(error instanceof DindError)) throw error;
    context.reporter.report({ type: 'notice', level: 'warning', text: error.message });
    return undefined;
  });
  refuseAttached(record, 'removing the cluster');
  return removalContext(adoptRecord(context, record), engine, record);
}
