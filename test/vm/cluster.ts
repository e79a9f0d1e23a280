import type { MachineFixture } from '../support/vm.js';

/** Both node containers of the one cluster. */
export const nodes = ['kubeadm-dind-control-plane', 'kubeadm-dind-worker-1'] as const;
const [controlPlane, worker] = nodes;

const settings =
  'DIND_IMAGE_SOURCE=build DIND_NUM_WORKERS=1 DIND_ALLOW_AAAA_USE=true DIND_TIMEOUT=60m DIND_CHECK_TARGETS=dual.test,v4only.test,v6only.test';

interface Ended {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/** A cluster in a virtual machine, used as its user would use it. */
export interface MachineCluster {
  /** Runs `dind64 ...` as the unprivileged user. Never throws for an exit code. */
  dind64(...argv: string[]): Promise<Ended>;
  kubectl(argv: readonly string[]): Promise<string>;
  /** Runs bash on a node. */
  node(name: string, script: string): Promise<string>;
  /** Runs bash in the pod that `makePod` makes. */
  pod(script: string): Promise<string>;
  /** Which source address each site saw of the pod. */
  sources(names?: readonly string[]): Promise<Record<string, string>>;
  /** A pod on the worker that sleeps, or runs a script; an old one from before a restart is made anew. */
  makePod(name?: string, script?: string): Promise<void>;
  /** Reference of dind64's base image. */
  baseImage(): Promise<string>;
}

export function useCluster(fixture: MachineFixture): MachineCluster {
  const kubectl = async (argv: readonly string[], stdin?: string): Promise<string> =>
    throwing(
      await fixture.machine.engine.exec(
        controlPlane,
        ['kubectl', '--kubeconfig=/etc/kubernetes/admin.conf', ...argv],
        stdin === undefined ? {} : { stdin },
      ),
      argv.join(' '),
    );
  const baseImage = async (): Promise<string> =>
    (await fixture.machine.engine.listImages({ 'dev.dind64.content': undefined }))
      .flatMap(({ tags }) => tags)
      .find((tag) => tag.startsWith('localhost/dind64/base:')) ?? '';
  const pod = async (script: string): Promise<string> => kubectl(['exec', 'probe', '--', 'bash', '-ec', script]);
  return {
    pod,
    kubectl,
    dind64: async (...argv) => {
      fixture.say(`dind64 ${argv.join(' ')}`);
      return fixture.machine.run(`${settings} dind64 ${argv.join(' ')}`, {
        timeoutMs: 50 * 60_000,
        onLine: (line, stream) => {
          if (stream === 'stderr') fixture.say(`  ${line}`);
        },
      });
    },
    node: async (name, script) => throwing(await fixture.machine.engine.exec(name, ['bash', '-c', script]), script),
    sources: async (names = ['v4only.test', 'dual.test', 'v6only.test']) => {
      const lines = (await pod(names.map((name) => `curl -sS --max-time 60 http://${name}/source`).join('; ')))
        .trim()
        .split('\n');
      return Object.fromEntries(names.map((name, index) => [name, lines[index] ?? '']));
    },
    baseImage,
    makePod: async (name = 'probe', script = 'exec sleep infinity') => {
      const container = {
        name,
        image: await baseImage(),
        imagePullPolicy: 'Never',
        command: ['bash', '-c', script],
      };
      const manifest = {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name },
        spec: { nodeName: worker, terminationGracePeriodSeconds: 0, containers: [container] },
      };
      await kubectl(['delete', 'pod', name, '--ignore-not-found', '--force', '--grace-period=0']);
      await kubectl(['apply', '-f', '-'], JSON.stringify(manifest));
      await kubectl(['wait', '--for=condition=Ready', `pod/${name}`, '--timeout=600s']);
    },
  };
}

function throwing({ exitCode, stdout, stderr }: Ended, what: string): string {
  if (exitCode !== 0) throw new Error(`${what}\nended with ${exitCode}\n${stdout}\n${stderr}`);
  return stdout;
}
