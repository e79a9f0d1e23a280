import path from 'node:path';
import { toDindError, renderError } from '../cli/render-error.js';
import { asProgram } from '../cli/wording.js';
import type { Context } from '../cluster/context.js';
import { wordFor } from '../how-to.js';
import type { Streams } from '../cluster/results.js';
import { DindError } from '../errors.js';
import { composeContext } from '../library/compose.js';
import { createGithubReporter, renderAnnotation } from '../progress/github.js';
import { createRecordingReporter } from '../progress/recording.js';
import { redact } from '../progress/redact.js';
import type { Reporter } from '../progress/types.js';
import { readEnvironment } from '../settings/environment.js';
import { attach } from '../verbs/attach.js';
import { detach } from '../verbs/detach.js';
import { doctor } from '../verbs/doctor.js';
import { clean } from '../verbs/down.js';
import { dump } from '../verbs/dump.js';
import { loadImages } from '../verbs/load-image.js';
import { status } from '../verbs/status.js';
import { up } from '../verbs/up.js';
import { verify } from '../verbs/verify.js';
import { nameAttached } from '../plan/attached.js';
import { readInputs, type ActionInputs } from './inputs.js';
import { addToSummary, tellRunner } from './runner-files.js';
import { renderSummary } from './summary.js';

type Env = Readonly<Record<string, string | undefined>>;

interface Surroundings {
  directory: string;
  streams: Pick<Streams, 'stdout'>;
  signal: AbortSignal;
}

interface Run {
  env: Env;
  directory: string;
  inputs: ActionInputs;
  write: (text: string) => void;
  signal: AbortSignal;
}

/** The action, whose texts name the program's commands. */
export function runAction(env: Env, surroundings: Surroundings): Promise<number> {
  return wordFor(asProgram, () => carryOut(env, surroundings));
}

/**
 * The action as a runner runs it, twice: the step itself, and its post step at the job's end, which the first one has left a note for. Gives the exit code;
 * errors are annotations.
 */
async function carryOut(env: Env, { directory, streams, signal }: Surroundings): Promise<number> {
  const write = (text: string): void => void streams.stdout.write(redact(text));
  const isPost = env['STATE_is_post'] === 'true';
  if (!isPost) tellRunner(env, 'GITHUB_STATE', 'is_post', 'true');
  let inputs: ActionInputs | undefined;
  try {
    inputs = readInputs(env);
    const run: Run = { env, directory, inputs, write, signal };
    await (isPost ? tidyUp(run) : bringUp(run));
    return 0;
  } catch (error) {
    const shown = toDindError(error, 'running the action');
    const mayFail = isPost && inputs?.ignoreFailedClean === true;
    if (!isPost) tellRunner(env, 'GITHUB_STATE', 'failed', 'true');
    write(renderError(shown, undefined));
    const text = [shown.observed, ...(shown.hint === undefined ? [] : [shown.hint])].join('\n');
    write(renderAnnotation(mayFail ? 'warning' : 'error', `dind64: ${shown.doing}`, text));
    return mayFail ? 0 : shown.exitCode;
  }
}

async function bringUp(run: Run): Promise<void> {
  const { env, inputs, write } = run;
  if (process.platform !== 'linux') throw unfitRunner();
  if (inputs.mode === 'dump') return explain(run, compose(run, createGithubReporter(write, 'dump')));
  const recording = createRecordingReporter();
  const context = compose(run, both(createGithubReporter(write, inputs.mode), recording));
  // Before anything is made: whatever becomes of it, the post step takes it away.
  tellRunner(env, 'GITHUB_STATE', 'made', 'true');
  if (inputs.mode === 'attach') await attach(context, { kind: inputs.clusterName ?? '' });
  else await up(context);
  if (inputs.loadImages.length > 0) await loadImages(context, inputs.loadImages);
  const seen = await status(context);
  tellOutputs(env, seen, context);
  const wantsMatrix = inputs.verify && inputs.mode === 'up';
  addToSummary(env, renderSummary(seen, recording.events, wantsMatrix ? await verify(context) : undefined));
}

/** At the job's end: what a failed one needs to be understood, and then what was made goes. */
async function tidyUp(run: Run): Promise<void> {
  const { env, inputs, write } = run;
  if (env['STATE_made'] !== 'true') return;
  const context = compose(run, createGithubReporter(write, inputs.mode === 'attach' ? 'detach' : 'clean'));
  if (env['STATE_failed'] === 'true' || inputs.jobStatus === 'failure')
    await explain(run, context).catch(() => undefined);
  if (inputs.mode === 'attach') await detach(context, { kind: inputs.clusterName ?? '' });
  else await clean(context, { images: false });
}

/** What is wrong, as annotations, and the path of a file for a bug report. */
async function explain({ env, write }: Run, context: Context): Promise<void> {
  const { findings } = await doctor(context);
  for (const finding of findings.filter((each) => each.status === 'failure'))
    write(renderAnnotation('warning', `doctor: ${finding.title}`, `${finding.seen}\n${finding.remedy ?? ''}`));
  const { path: file } = await dump(context, { to: path.join(env['RUNNER_TEMP'] ?? '/tmp', 'dind64-dump.tar.gz') });
  tellRunner(env, 'GITHUB_OUTPUT', 'dump', file);
  write(`::notice title=dind64::what a maintainer needs is in ${file}\n`);
}

function compose({ env, directory, inputs, signal }: Run, reporter: Reporter): Context {
  const environment = readEnvironment({ ...env, ...inputs.settings }, directory);
  const attached = inputs.mode === 'attach' ? { clusterName: nameAttached(inputs.clusterName ?? '') } : {};
  return composeContext(
    { ...environment, settings: { ...environment.settings, ...attached } },
    { reporter, signal },
    'always',
  );
}

function tellOutputs(
  env: Env,
  { record, helpers, cluster, kubeconfigContext }: Awaited<ReturnType<typeof status>>,
  { environment }: Context,
): void {
  const { settings, paths } = environment;
  const kubeconfig = settings.kubeconfig ?? paths.kubeconfigs[0] ?? '';
  const outputs = {
    kubeconfig,
    context: kubeconfigContext ?? '',
    cluster_name: cluster,
    nat64_prefix: record?.addressing.nat64Prefix ?? '',
    dns64_address: helpers.find(({ role }) => role === 'dns64')?.address ?? '',
    node_network: record?.addressing.nodeCidr ?? '',
    node_image: record?.nodeImage ?? '',
  };
  for (const [name, value] of Object.entries(outputs)) tellRunner(env, 'GITHUB_OUTPUT', name, value);
  if (kubeconfigContext !== undefined) tellRunner(env, 'GITHUB_ENV', 'KUBECONFIG', kubeconfig);
}

function both(one: Reporter, other: Reporter): Reporter {
  return {
    report: (event) => {
      one.report(event);
      other.report(event);
    },
    close: () => {
      one.close();
      other.close();
    },
  };
}

function unfitRunner(): DindError {
  return new DindError({
    code: 'unfit-runner',
    source: 'user',
    exitCode: 2,
    doing: 'looking at the runner',
    observed: `this runner is ${process.platform}, whose engine, where there is one, is not on this machine`,
    hint: 'runs-on: ubuntu-24.04',
  });
}
