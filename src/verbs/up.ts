import { ensureBaseImage, ensureImages } from '../images/ensure.js';
import type { Context } from '../cluster/context.js';
import { withClusterLock } from '../cluster/cluster-lock.js';
import { upSteps } from '../steps/lists.js';
import { runSteps } from '../steps/run-steps.js';
import { runPhase } from '../cluster/phase.js';
import { refuseFirewalls } from '../steps/firewalls.js';
import { decideMode } from '../steps/mode.js';
import { surveyHost } from '../steps/survey.js';
import { imageContext, planFrom, stepContext } from './contexts.js';
import { withDumpOnFailure } from './dump-on-failure.js';
import { summarizeUp } from './summary.js';

/** Settings, engine, base image, facts, decisions and checks; then images, and everything else by the steps of the list. */
export async function up(context: Context): Promise<void> {
  const start = performance.now();
  const engine = await runPhase(context, 'engine', 'engine', async () => {
    const found = await context.connect({ mayStart: true });
    const { version } = await found.info();
    return { value: found, text: `Docker ${version} at ${found.endpoint}` };
  });
  const baseImage = await ensureBaseImage(imageContext(context, engine));
  const plan = await withClusterLock(context, engine, baseImage, async () => {
    const survey = await runPhase(context, 'survey', 'engine host', async () => {
      const found = await surveyHost(context, engine, baseImage);
      const mode = await decideMode(context, engine, baseImage, found.facts);
      refuseFirewalls(context, found, mode);
      return { value: { ...found, mode }, text: `AAAA use ${mode.aaaa ? 'on' : 'off'} (${mode.reason})` };
    });
    return withDumpOnFailure(context, async () => {
      const images = await ensureImages(imageContext(context, engine));
      const made = planFrom(context.environment, survey, survey.mode, images);
      await runSteps(upSteps, await stepContext(context, survey, made));
      return made;
    });
  });
  context.reporter.report({
    type: 'summary',
    title: `${plan.clusterName} is up after ${((performance.now() - start) / 1000).toFixed(1)} s`,
    lines: summarizeUp(plan, engine.endpoint),
  });
}
