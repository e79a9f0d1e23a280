import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { inputNames, readInputs } from '../../../src/action/inputs.js';

/** As a runner gives them: every input that action.yml declares, with its default. */
const action = parse(readFileSync('action.yml', 'utf8')) as { inputs: Record<string, { default?: string }> };
const defaults = Object.fromEntries(
  Object.entries(action.inputs).map(([name, { default: text = '' }]) => [`INPUT_${name.toUpperCase()}`, text]),
);

it('action.yml declares what is read, and nothing else', () => {
  expect(Object.keys(action.inputs).sort()).toEqual([...inputNames].sort());
});

it('the page has a row for each', () => {
  const page = readFileSync('docs/github-actions.md', 'utf8');
  for (const name of inputNames) expect(page).toContain(`| \`${name}\` |`);
});

const forRunners = { DIND_NUM_WORKERS: '1', DIND_ALLOW_AAAA_USE: 'auto', DIND_IMAGE_SOURCE: 'pull' };

describe('readInputs', () => {
  it('with the defaults: a cluster with one worker, in whatever mode the runner allows', () => {
    expect(readInputs(defaults)).toEqual({
      mode: 'up',
      clusterName: undefined,
      settings: forRunners,
      loadImages: [],
      verify: true,
      ignoreFailedClean: false,
      jobStatus: '${{ job.status }}',
    });
  });

  it('all that a workflow can say', () => {
    const inputs = readInputs({
      ...defaults,
      INPUT_CLUSTER_NAME: 'ci',
      INPUT_KUBERNETES_VERSION: '1.36',
      INPUT_WORKERS: '2',
      INPUT_AAAA: 'false',
      INPUT_WAIT: '10m',
      INPUT_CHECK: 'git.example,registry.example:5000',
      INPUT_SETTINGS: 'DIND_CNI=none\n\n DIND_NUM_WORKERS=5 ',
      INPUT_LOAD_IMAGES: 'example/one:test\n./two.tar\n',
      INPUT_VERIFY: 'false',
    });
    expect(inputs.settings).toEqual({
      DIND_CLUSTER_NAME: 'ci',
      DIND_K8S_VERSION: '1.36',
      // An input of its own counts more than a line.
      DIND_NUM_WORKERS: '2',
      DIND_ALLOW_AAAA_USE: 'false',
      DIND_TIMEOUT: '10m',
      DIND_IMAGE_SOURCE: 'pull',
      DIND_CHECK_TARGETS: 'git.example,registry.example:5000',
      DIND_CNI: 'none',
    });
    expect(inputs).toMatchObject({ loadImages: ['example/one:test', './two.tar'], verify: false });
  });

  it('what the job’s environment or a line of settings says stays', () => {
    const { DIND_NUM_WORKERS: _, ...others } = forRunners;
    expect(readInputs({ ...defaults, DIND_NUM_WORKERS: '3' }).settings).toEqual(others);
    const inLine = readInputs({ ...defaults, INPUT_SETTINGS: 'DIND_NUM_WORKERS=4' });
    expect(inLine.settings).toEqual({ ...others, DIND_NUM_WORKERS: '4' });
  });

  it('`check: false` tries no site', () => {
    expect(readInputs({ ...defaults, INPUT_CHECK: 'false' }).settings['DIND_CHECK_TARGETS']).toBe('none');
  });

  it.each([
    ['mode', { INPUT_MODE: 'down' }],
    ['cluster_name', { INPUT_MODE: 'attach' }],
    ['verify', { INPUT_VERIFY: 'yes' }],
    ['settings', { INPUT_SETTINGS: 'PASSWORD=secret' }],
  ])('%s: what is wrong is told by the name of the input', (where, given) => {
    expect(() => readInputs({ ...defaults, ...given })).toThrow(
      expect.objectContaining({ code: 'action-input', where }),
    );
  });

  it('a line of settings that is none is not repeated whole: it may hold a secret', () => {
    expect(() => readInputs({ ...defaults, INPUT_SETTINGS: 'PASSWORD=secret' })).toThrow(/^(?!.*secret)/s);
  });
});
