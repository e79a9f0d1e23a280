import { fileURLToPath } from 'node:url';
import { removeLab } from '../test/lab/remove.js';
import { startLab } from '../test/lab/lab.js';
import { readRecord } from '../test/lab/record.js';
import type { Lab, LabCommandResult } from '../test/lab/types.js';

/** One turn of one mode: milliseconds of each request series, and connections that are followed after it. */
export interface ModeRun {
  requestsMs: number;
  gigabyteMs: number;
  entries: { node: number; nat64: number };
}

export interface ModeResults {
  requests: number;
  bytes: number;
  translator: string;
  true: ModeRun[];
  false: ModeRun[];
}

const project = fileURLToPath(new URL('..', import.meta.url));
const instance = 'bench-modes';
const [pod, node, nat64] = ['bench', 'kubeadm-dind-worker-1', 'kubeadm-dind-nat64'];

/** Is `DIND_ALLOW_AAAA_USE=true` worth it? The same pod and site in one cluster, the mode switched in place between turns. */
export async function benchModes({
  runs,
  onLine,
}: {
  runs: number;
  onLine: (line: string) => void;
}): Promise<ModeResults> {
  const stale = await readRecord(instance);
  if (stale !== undefined) await removeLab(stale);
  const lab = await startLab({ profile: 'dual', instance, engine: true });
  try {
    await dind64(lab, ['up']);
    await startPod(lab);
    const results: ModeResults = {
      requests: 1000,
      bytes: 100 * 10_485_760,
      translator: await readTranslator(lab),
      true: [],
      false: [],
    };
    for (let number = 1; number <= runs; number += 1) {
      for (const mode of ['true', 'false'] as const) {
        await dind64(lab, ['aaaa', mode === 'true' ? 'on' : 'off']);
        results[mode].push(await measureMode(lab));
        onLine(`${number} of ${runs}, ${mode}: ${JSON.stringify(results[mode].at(-1))}`);
      }
    }
    return results;
  } finally {
    await lab.stop();
  }
}

async function measureMode(lab: Lab): Promise<ModeRun> {
  for (const container of [node, nat64]) await run(lab, ['docker', 'exec', container, 'conntrack', '--flush']);
  // A connection for each request, the name looked up once; then one connection for all.
  const requestsMs = await timed(
    lab,
    "curl -sS -f -o /dev/null -H 'Connection: close' 'http://dual.test/source?[1-1000]'",
  );
  const entries = { node: await count(lab, node), nat64: await count(lab, nat64) };
  return {
    requestsMs,
    gigabyteMs: await timed(lab, "curl -sS -f -o /dev/null 'http://dual.test/10mb.bin?[1-100]'"),
    entries,
  };
}

async function timed(lab: Lab, command: string): Promise<number> {
  const { stdout } = await inPod(lab, `start=$(date +%s%N); ${command} && echo $(( ($(date +%s%N) - start) / 1000 ))`);
  return Number(stdout.trim()) / 1000;
}

async function count(lab: Lab, container: string): Promise<number> {
  return Number(
    (await run(lab, ['docker', 'exec', container, 'cat', '/proc/sys/net/netfilter/nf_conntrack_count'])).stdout,
  );
}

/** The base image, which every node has, on the first worker. */
async function startPod(lab: Lab): Promise<void> {
  const image =
    (await run(lab, ['docker', 'image', 'ls', '--format', '{{.Repository}}:{{.Tag}}', 'localhost/dind64/base'])).stdout
      .trim()
      .split('\n')[0] ?? '';
  const manifest = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: pod },
    spec: {
      nodeName: node,
      terminationGracePeriodSeconds: 0,
      containers: [{ name: pod, image, imagePullPolicy: 'Never', command: ['sleep', 'infinity'] }],
    },
  };
  await kubectl(lab, ['apply', '-f', '-'], JSON.stringify(manifest));
  await kubectl(lab, ['wait', '--for=condition=Ready', `pod/${pod}`, '--timeout=120s']);
}

async function readTranslator(lab: Lab): Promise<string> {
  const status = JSON.parse((await dind64(lab, ['status', '--json'])).stdout) as { nat64?: { engine?: string } };
  return status.nat64?.engine ?? 'tayga';
}

function inPod(lab: Lab, script: string): Promise<LabCommandResult> {
  return kubectl(lab, ['exec', pod, '--', 'bash', '-c', script]);
}

function kubectl(lab: Lab, argv: string[], stdin?: string): Promise<LabCommandResult> {
  return run(
    lab,
    [
      'docker',
      'exec',
      '-i',
      'kubeadm-dind-control-plane',
      'kubectl',
      '--kubeconfig=/etc/kubernetes/admin.conf',
      ...argv,
    ],
    stdin === undefined ? {} : { stdin },
  );
}

function dind64(lab: Lab, argv: string[]): Promise<LabCommandResult> {
  const engine = process.env['DIND_NAT64_ENGINE'];
  const env = {
    HOME: `${lab.directory}/home`,
    XDG_CACHE_HOME: `${process.env['HOME'] ?? '/root'}/.cache`,
    DIND_IMAGE_SOURCE: 'build',
    DIND_CHECK_TARGETS: 'dual.test,v4only.test,v6only.test',
    ...(engine === undefined ? {} : { DIND_NAT64_ENGINE: engine }),
  };
  return run(lab, ['node', `${project}bin/dind64.mjs`, ...argv], {
    cwd: '/',
    env: argv[0] === 'up' ? { ...env, DIND_ALLOW_AAAA_USE: 'true' } : env,
  });
}

async function run(lab: Lab, argv: string[], options: object = {}): Promise<LabCommandResult> {
  const result = await lab.host(argv, options);
  if (result.exitCode !== 0)
    throw new Error(`${argv.join(' ')} ended with ${result.exitCode}\n${result.stdout}\n${result.stderr}`);
  return result;
}
