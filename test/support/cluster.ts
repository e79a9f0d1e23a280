import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe } from 'vitest';
import { connectSocket } from '../../src/engine/connect.js';
import { qualifyImageName } from '../../src/engine/image-reference.js';
import type { Engine, ExecResult } from '../../src/engine/types.js';
import { waitUntil } from '../../src/wait.js';
import { hostEnvironment } from '../lab/host.js';
import { startLab } from '../lab/lab.js';
import { openLab } from '../lab/open.js';
import { listRecords, readRecord } from '../lab/record.js';
import { removeLab } from '../lab/remove.js';
import type { Lab, LabCommandResult, LabOptions } from '../lab/types.js';
import { findObstacle, isRequired, type LabLevel } from './lab.js';
import { runCommandLine, type RunningCommand } from './running-command.js';

const project = fileURLToPath(new URL('../..', import.meta.url));

export interface ClusterOptions extends Omit<LabOptions, 'engine'> {
  engine?: Exclude<LabOptions['engine'], boolean>;
  /** Settings of the first `up`, besides those that every test has. */
  env?: Record<string, string>;
  /** One cluster of 1+2 nodes for all files of this profile that say so; each gets the mode it names, and leaves the cluster whole. */
  shared?: boolean;
  /** `false`: the lab and its engine only; the tests run `up` themselves. */
  up?: boolean;
}

/** A cluster in a lab, used as its user would use it: by the command line, kubectl and pods. */
export interface ClusterFixture {
  readonly lab: Lab;
  readonly engine: Engine;
  /** Runs `dind64 ...` on the engine host. Never throws for an exit code. */
  dind64(argv: readonly string[], env?: Record<string, string>): Promise<LabCommandResult>;
  /** The same, under way: to be watched, signalled and killed. */
  start(argv: readonly string[], env?: Record<string, string>): RunningCommand;
  /** As `dind64`; throws with its output when it fails. */
  succeed(argv: readonly string[], env?: Record<string, string>): Promise<LabCommandResult>;
  kubectl(argv: readonly string[], stdin?: string): Promise<string>;
  /** Runs bash in a test pod: 1 on the first worker (or the only node), 2 on the last one. */
  pod(script: string, number?: 1 | 2): Promise<ExecResult>;
  /** The same, again and again until it succeeds: after a restart, the API still tells of the time before it. */
  podEventually(script: string, limitMs?: number): Promise<ExecResult>;
  /** Path of a test pod's network namespace, for the lab's own programs (`lab.exec`): what they send is the pod's. */
  podNetwork(number?: 1 | 2): Promise<`/${string}`>;
  /** Runs bash on a node; default: the one that pod 1 is on. */
  node(script: string, name?: string): Promise<ExecResult>;
  /** Reference of dind64's base image, which every node has. */
  baseImage(): Promise<string>;
  /** Makes the test pods where they are missing. */
  ensurePods(): Promise<void>;
  readonly nodes: { controlPlane: string; first: string; last: string };
}

/** Settings that make the command line look at the lab's sites and at nothing else. */
export const labSettings = { DIND_IMAGE_SOURCE: 'build', DIND_CHECK_TARGETS: 'dual.test,v4only.test,v6only.test' };

/** A `describe` whose tests have a lab with an engine that has all images, and a cluster on it. One `up` and one `clean` a file. */
export function describeWithCluster(
  title: string,
  options: ClusterOptions,
  tests: (cluster: ClusterFixture) => void,
  level: LabLevel = 'e2e',
): void {
  const obstacle = findObstacle();
  const suite = obstacle === undefined || isRequired(level) ? describe : describe.skip;
  suite(`${title} [lab ${options.profile}]${obstacle === undefined ? '' : ` (${obstacle})`}`, () => {
    let made: { lab: Lab; engine: Engine } | undefined;
    const { engine: engineOptions, env = {}, up = true, shared: _, ...labOptions } = options;
    const fixture = clusterFixture(() => {
      if (made === undefined) throw new Error('the cluster is read before beforeAll has made it');
      return made;
    }, env);
    beforeAll(async () => {
      const lab =
        options.shared === true
          ? await openShared(options.profile)
          : await startLab({ ...labOptions, engine: engineOptions ?? true });
      made = {
        lab,
        engine: await connectSocket((lab.engineEndpoint ?? '').replace('unix://', ''), noEngineEnvironment),
      };
      if (!up) return;
      if (options.shared !== true || (await made.engine.findContainer(fixture.nodes.controlPlane)) === undefined)
        await fixture.succeed(['up'], env);
      else if (env['DIND_ALLOW_AAAA_USE'] !== undefined)
        await fixture.succeed(['aaaa', modeWords[env['DIND_ALLOW_AAAA_USE']] ?? 'auto']);
      await fixture.ensurePods();
    });
    afterAll(async () => {
      if (options.shared !== true) await made?.lab.stop();
    });
    tests(fixture);
  });
}

const modeWords: Record<string, string> = { true: 'on', false: 'off' };

/** The lab that all files with `shared` of one profile use, one after the other; the run's end removes it (support/e2e-setup.ts). */
async function openShared(profile: LabOptions['profile']): Promise<Lab> {
  const instance = `${sharedPrefix}${profile}`;
  const record = await readRecord(instance);
  return record === undefined
    ? startLab({ profile, instance, engine: true, owned: false })
    : openLab(instance, removeLab);
}

/** Removes the shared labs, of an earlier run that was killed as well. */
export async function removeSharedLabs(): Promise<void> {
  for (const record of await listRecords()) if (record.instance.startsWith(sharedPrefix)) await removeLab(record);
}

// Another checkout's run at the same time has labs of its own.
const sharedPrefix = `e2e-${createHash('sha256').update(process.cwd()).digest('hex').slice(0, 4)}-`;

const noEngineEnvironment = {
  dockerHost: undefined,
  dockerContext: undefined,
  dockerConfig: '/nonexistent',
  dockerCertPath: undefined,
  dockerTlsVerify: false,
  proxy: {},
  caBundle: undefined,
};

function clusterFixture(made: () => { lab: Lab; engine: Engine }, settings: Record<string, string>): ClusterFixture {
  const name = settings['DIND_CLUSTER_NAME'] ?? 'kubeadm-dind';
  const workers = Number(settings['DIND_NUM_WORKERS'] ?? '2');
  const nodes = {
    controlPlane: `${name}-control-plane`,
    first: workers === 0 ? `${name}-control-plane` : `${name}-worker-1`,
    last: workers === 0 ? `${name}-control-plane` : `${name}-worker-${workers}`,
  };
  const { DIND_ALLOW_AAAA_USE: _, ...others } = settings;
  // A cluster's settings are given while there is none, and never again: later commands must have them from its record.
  let isRecorded = false;
  const environment = (env: Record<string, string>): Record<string, string> => {
    const { lab } = made();
    const given = Object.entries({ ...labSettings, ...others }).filter(
      ([variable]) => !isRecorded || !variable.startsWith('DIND_') || variable === 'DIND_CLUSTER_NAME',
    );
    return {
      HOME: `${lab.directory}/home`,
      XDG_CACHE_HOME: `${process.env['HOME'] ?? '/root'}/.cache`,
      SSL_CERT_FILE: lab.ca.path,
      ...Object.fromEntries(given),
      ...env,
    };
  };
  const fixture: ClusterFixture = {
    get lab() {
      return made().lab;
    },
    get engine() {
      return made().engine;
    },
    nodes,
    dind64: async (argv, env = {}) => {
      isRecorded = (await made().engine.findContainer(`${name}-host`)) !== undefined;
      return made().lab.host(['node', `${project}/bin/dind64.mjs`, ...argv], { cwd: '/', env: environment(env) });
    },
    start: (argv, env = {}) => {
      const { lab } = made();
      const settingsOf = hostEnvironment(process.env, lab.engineEndpoint, environment({ DIND_OUTPUT: 'json', ...env }));
      return runCommandLine(lab.hostArgv([process.execPath, `${project}/bin/dind64.mjs`, ...argv]), settingsOf);
    },
    succeed: async (argv, env) => {
      const result = await fixture.dind64(argv, env);
      if (result.exitCode !== 0)
        throw new Error(`dind64 ${argv.join(' ')} ended with ${result.exitCode}\n${result.stdout}\n${result.stderr}`);
      return result;
    },
    kubectl: async (argv, stdin) => {
      const { exitCode, stdout, stderr } = await made().engine.exec(
        nodes.controlPlane,
        ['kubectl', '--kubeconfig=/etc/kubernetes/admin.conf', ...argv],
        stdin === undefined ? {} : { stdin },
      );
      if (exitCode !== 0) throw new Error(`kubectl ${argv.join(' ')} ended with ${exitCode}\n${stdout}\n${stderr}`);
      return stdout;
    },
    pod: (script, number = 1) =>
      made().engine.exec(nodes.controlPlane, [
        'kubectl',
        '--kubeconfig=/etc/kubernetes/admin.conf',
        'exec',
        `probe-${number}`,
        '--',
        'bash',
        '-c',
        script,
      ]),
    podEventually: (script, limitMs = 120_000) =>
      waitUntil({ condition: 'a pod gets through', limitMs, intervalMs: 500 }, async () => {
        const result = await fixture
          .pod(script)
          .catch((error: unknown) => ({ exitCode: -1, stdout: '', stderr: String(error) }));
        return result.exitCode === 0
          ? { done: result }
          : { seen: `exit ${result.exitCode}: ${result.stderr.slice(-300)}` };
      }),
    podNetwork: async (number = 1) => {
      const node = number === 1 ? nodes.first : nodes.last;
      const address = await fixture.kubectl(['get', 'pod', `probe-${number}`, '-o', 'jsonpath={.status.podIP}']);
      const { stdout, stderr } = await fixture.node(
        `for path in /run/netns/cni-*; do [ -z "$(nsenter --net="$path" ip -6 -o addr show to ${address})" ] || echo "$path"; done`,
        node,
      );
      if (stdout.trim() === '') throw new Error(`no network namespace of probe-${number}: ${stderr}`);
      // The engine numbers its processes in a namespace of its own.
      const enginePid = (await readFile(`/run/dind64-lab-engines/${made().lab.instance}/pid`, 'utf8')).trim();
      return `/proc/${enginePid}/root/proc/${(await made().engine.findContainer(node))?.pid ?? 0}/root${stdout.trim()}`;
    },
    node: (script, node = nodes.first) => made().engine.exec(node, ['bash', '-c', script]),
    baseImage: async () => {
      const images = await made().engine.listImages({ 'dev.dind64.content': undefined });
      return images.flatMap((image) => image.tags).find((tag) => tag.startsWith('localhost/dind64/base:')) ?? '';
    },
    ensurePods: async () => {
      const image = await fixture.baseImage();
      await fixture.kubectl(
        ['apply', '-f', '-'],
        [renderPod('probe-1', nodes.first, image), renderPod('probe-2', nodes.last, image)].join('---\n'),
      );
      await fixture.kubectl(['wait', '--for=condition=Ready', 'pod/probe-1', 'pod/probe-2', '--timeout=120s']);
    },
  };
  return fixture;
}

/** A pod that sleeps, with dind64's base image and its network tools; no privileges. `more`: further fields of its spec, `key: value, `. */
export function renderPod(name: string, node: string, image: string, more = ''): string {
  return `apiVersion: v1
kind: Pod
metadata: { name: ${name}, labels: { app: ${name} } }
spec:
  ${more.replaceAll(', ', '\n  ')}nodeName: ${node}
  terminationGracePeriodSeconds: 0
  containers:
  - { name: probe, image: ${qualifyImageName(image)}, imagePullPolicy: Never, command: [sleep, infinity] }
`;
}
