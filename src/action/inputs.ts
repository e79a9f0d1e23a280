import { DindError } from '../errors.js';
import { definitions } from '../settings/definitions.js';
import type { Settings } from '../settings/types.js';

type Env = Readonly<Record<string, string | undefined>>;

/** What a workflow asks of the action. */
export interface ActionInputs {
  mode: 'up' | 'attach' | 'dump';
  /** The cluster's name; with `attach`, the kind cluster's. */
  clusterName: string | undefined;
  /** Settings by their names (DIND_...), for the environment that the command line would read. */
  settings: Record<string, string>;
  /** Images of the engine's, or archives. */
  loadImages: string[];
  /** Whether a connectivity matrix is made for the summary. */
  verify: boolean;
  /** Whether a `clean` that fails is a warning alone. */
  ignoreFailedClean: boolean;
  /** Of the job, as GitHub tells it when the post step runs. */
  jobStatus: string;
}

/** Inputs that are settings. The names are those of helm/kind-action where that has them. */
const settingInputs: Readonly<Record<string, keyof Settings>> = {
  node_image: 'nodeImage',
  kubernetes_version: 'k8sVersion',
  workers: 'numWorkers',
  aaaa: 'allowAaaaUse',
  wait: 'timeoutMs',
  kubeconfig: 'kubeconfig',
  image_source: 'imageSource',
};

/** They have no IPv6, two to four processors, and a registry within reach: a hiccup of it must not become a build of Kubernetes. */
const forRunners = { DIND_ALLOW_AAAA_USE: 'auto', DIND_NUM_WORKERS: '1', DIND_IMAGE_SOURCE: 'pull' };

/** Every input that action.yml declares. */
export const inputNames = [
  ...['mode', 'cluster_name', ...Object.keys(settingInputs), 'check', 'settings'],
  ...['load_images', 'verify', 'ignore_failed_clean', 'job_status'],
];

/**
 * Reads the `INPUT_*` variables of a runner. Throws DindError `action-input` that names the input; whether a setting's value is right is for
 * the settings to say.
 */
export function readInputs(env: Env): ActionInputs {
  const read = (name: string): string => (env[`INPUT_${name.toUpperCase()}`] ?? '').trim();
  const mode = oneOf('mode', read('mode') || 'up', ['up', 'attach', 'dump']);
  const clusterName = read('cluster_name') || undefined;
  // What the workflow says in whatever way counts more than what hosted runners are best served with.
  const wanted = readSettingLines(read('settings'));
  const settings = {
    ...Object.fromEntries(Object.entries(forRunners).filter(([name]) => isUnset(env[name]))),
    ...wanted,
  };
  for (const [input, field] of Object.entries(settingInputs)) {
    if (read(input) !== '') settings[definitions[field].name] = read(input);
  }
  const check = read('check');
  if (check !== '') settings[definitions.checkTargets.name] = check === 'false' ? 'none' : check;
  if (mode !== 'attach' && clusterName !== undefined) settings[definitions.clusterName.name] = clusterName;
  if (mode === 'attach' && clusterName === undefined)
    throw badInput('cluster_name', 'is empty', 'name the kind cluster to attach to');
  return {
    mode,
    clusterName,
    settings,
    loadImages: splitLines(read('load_images')),
    verify: readSwitch('verify', read('verify') || 'true'),
    ignoreFailedClean: readSwitch('ignore_failed_clean', read('ignore_failed_clean') || 'false'),
    jobStatus: read('job_status'),
  };
}

/** `DIND_X=value`, one a line. */
function readSettingLines(text: string): Record<string, string> {
  return Object.fromEntries(
    splitLines(text).map((line) => {
      const [, name, value] = /^(DIND_[A-Z0-9_]+)=(.*)$/.exec(line) ?? [];
      if (name === undefined || value === undefined)
        throw badInput('settings', `has the line \`${line.split('=')[0] ?? ''}\``, 'one DIND_NAME=value on each line');
      return [name, value.trim()];
    }),
  );
}

function isUnset(text: string | undefined): boolean {
  return text === undefined || text.trim() === '';
}

function splitLines(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

function readSwitch(input: string, text: string): boolean {
  return oneOf(input, text.toLowerCase(), ['true', 'false']) === 'true';
}

function oneOf<const T extends string>(input: string, text: string, words: readonly T[]): T {
  const found = words.find((word) => word === text);
  if (found === undefined) throw badInput(input, `is \`${text}\``, `one of ${words.join(', ')}`);
  return found;
}

function badInput(input: string, observed: string, hint: string): DindError {
  return new DindError({
    code: 'action-input',
    source: 'user',
    exitCode: 2,
    doing: "reading the action's inputs",
    where: input,
    observed: `the input ${input} ${observed}`,
    hint,
  });
}
