import { findBaseImage } from '../images/ensure.js';
import { listImages, removeImages } from '../images/list.js';
import type { Context } from '../cluster/context.js';
import { withClusterLock } from '../cluster/cluster-lock.js';
import { cleanSteps, downSteps } from '../steps/lists.js';
import { runSteps } from '../steps/run-steps.js';
import { removalContext } from './contexts.js';

/** Removes nodes, their volumes, host rules and the context; networks, helpers and images stay, so the next `up` is quicker. */
export async function down(context: Context): Promise<void> {
  const engine = await context.connect();
  await withClusterLock(context, engine, await findBaseImage(engine), () =>
    runSteps(downSteps, removalContext(context, engine)),
  );
  const { clusterName } = context.environment.settings;
  context.reporter.report({
    type: 'summary',
    title: `${clusterName} is down`,
    lines: [
      'Its networks, helpers and images are kept: `npm run up` builds it again, `npm run clean` removes them too.',
    ],
  });
}

/** Removes all of the cluster and restores the host from the record, half-made clusters included; with `images`, the cache too. */
export async function clean(context: Context, options: { images: boolean }): Promise<void> {
  const engine = await context.connect();
  const { clusterName } = context.environment.settings;
  await withClusterLock(context, engine, await findBaseImage(engine), () =>
    runSteps(cleanSteps, removalContext(context, engine)),
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
            `Kept as a cache: ${kept.length} images (\`npm run images\` lists them, \`npm run clean -- --images\` removes them)`,
          ]),
    ],
  });
}
