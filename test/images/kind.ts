import { execFile } from 'node:child_process';
import { readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Engine, FileEntry } from '../../src/engine/types.js';
import { labels } from '../../src/labels.js';
import { readLabEnvironment } from '../lab/engine-environment.js';
import type { Lab } from '../lab/types.js';
import { ensureKindLookalike } from './kind-lookalike.js';

const run = promisify(execFile);
const kindModule = 'sigs.k8s.io/kind@v0.33.0';

/** kind's own program, built from its Go module. Its path. Needs Go. */
export async function installKind(): Promise<string> {
  const goBin = join(readLabEnvironment().cacheDir, 'bin', 'peers');
  await run('go', ['install', kindModule], { env: { ...process.env, GOBIN: goBin } });
  return `${goBin}/kind`;
}

/** An image made as kindest/node is, with the files and entry point of kind's module, since kindest/node cannot be had without a registry. Its reference. */
export async function ensureKindImage(engine: Engine, nodeImage: string): Promise<string> {
  const { stdout } = await run('go', ['mod', 'download', '-json', kindModule]);
  const folder = join((JSON.parse(stdout) as { Dir: string }).Dir, 'images/base/files');
  const files = [{ path: 'Dockerfile', content: dockerfile }, ...(await readTree(folder, 'files'))];
  const tag = 'dind64-test/kind:module';
  await engine.buildImage({
    tag,
    files,
    buildArgs: { LOOKALIKE: await ensureKindLookalike(engine, nodeImage) },
    labels: { [labels.base]: '', [labels.role]: 'test' },
  });
  return tag;
}

const dockerfile = `ARG LOOKALIKE
FROM \${LOOKALIKE}
COPY files/ /
RUN chmod 0755 /usr/local/bin/* /kind/bin/* && systemctl enable containerd.service kubelet.service undo-mount-hacks.service
ENV container=docker
STOPSIGNAL SIGRTMIN+3
ENTRYPOINT ["/usr/local/bin/entrypoint", "/sbin/init"]
`;

async function readTree(folder: string, prefix: string): Promise<FileEntry[]> {
  const entries = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  return Promise.all(
    entries.map(async (entry) => {
      const path = join(entry.parentPath, entry.name);
      return {
        path: `${prefix}${path.slice(folder.length)}`,
        content: await readFile(path),
        mode: (await stat(path)).mode & 0o755,
      };
    }),
  );
}

export interface KindCluster {
  /** Path of kind's program. */
  kind: string;
  name: string;
  image: string;
  kubeconfig: string;
  workers: number;
}

/** An IPv6-only cluster made by kind on the lab's engine host, with all nodes and CoreDNS Ready. Throws with what kind said. */
export async function createKindCluster(lab: Lab, cluster: KindCluster): Promise<void> {
  const { kind, name, image, kubeconfig, workers } = cluster;
  const config = `${lab.directory}/kind-${name}.yaml`;
  await writeFile(config, renderConfig(workers));
  const nodes = [
    'control-plane',
    ...Array.from({ length: workers }, (_, index) => `worker${index === 0 ? '' : index + 1}`),
  ];
  const script = fileURLToPath(new URL('create-kind.bash', import.meta.url));
  const { exitCode, stderr, stdout } = await lab.host(
    ['bash', script, kind, name, image, config, kubeconfig, ...nodes],
    { cwd: '/' },
  );
  if (exitCode !== 0) throw new Error(`kind ended with ${exitCode}\n${stdout}\n${stderr}`);
}

/** What machines of cgroup v1, without CAP_SYS_RESOURCE, or with much else to do need is here; the rest of kind's configuration is its default. */
function renderConfig(workers: number): string {
  const timeouts = [
    'controlPlaneComponentHealthCheck',
    'kubeletHealthCheck',
    'kubernetesAPICall',
    'discovery',
    'tlsBootstrap',
  ]
    .map((name) => `${name}: 10m0s`)
    .join(', ');
  return `kind: Cluster
apiVersion: kind.x-k8s.io/v1alpha4
networking: { ipFamily: ipv6, disableDefaultCNI: true }
nodes: [{ role: control-plane }${', { role: worker }'.repeat(workers)}]
containerdConfigPatches:
- |
  [plugins."io.containerd.grpc.v1.cri"]
    restrict_oom_score_adj = true
kubeadmConfigPatches:
- |
  kind: KubeletConfiguration
  failCgroupV1: false
- |
  kind: InitConfiguration
  timeouts: { ${timeouts} }
- |
  kind: JoinConfiguration
  timeouts: { ${timeouts} }
`;
}
