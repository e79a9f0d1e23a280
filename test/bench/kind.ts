import { execFile } from 'node:child_process';
import { readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { connectSocket } from '../../src/engine/connect.js';
import type { FileEntry } from '../../src/engine/types.js';
import { labels } from '../../src/labels.js';
import { ensureKindLookalike } from '../images/kind-lookalike.js';
import { readLabEnvironment } from '../lab/engine-environment.js';
import type { Lab } from '../lab/types.js';

const run = promisify(execFile);
const kindModule = 'sigs.k8s.io/kind@v0.33.0';

export interface Peer {
  up(): Promise<number>;
  down(): Promise<void>;
}

/**
 * kind, on the same engine with the same components: its own program and entry point from its Go module, and an image made as kindest/node is, since that
 * one cannot be had without a registry. Needs Go; `undefined` without it.
 */
export async function prepareKind(lab: Lab, nodeImage: string): Promise<Peer | undefined> {
  const goBin = join(readLabEnvironment().cacheDir, 'bin', 'peers');
  try {
    await run('go', ['install', kindModule], { env: { ...process.env, GOBIN: goBin } });
  } catch (error) {
    process.stderr.write(`kind is left out: ${error instanceof Error ? error.message : String(error)}\n`);
    return undefined;
  }
  const image = await ensureKindImage(lab, nodeImage);
  await writeFile(`${lab.directory}/kind.yaml`, config);
  const kubeconfig = `${lab.directory}/kind.conf`;
  const kind = `${goBin}/kind`;
  return {
    up: async () => {
      const start = performance.now();
      const { exitCode, stderr, stdout } = await lab.host(
        [
          'bash',
          fileURLToPath(new URL('create-kind.bash', import.meta.url)),
          kind,
          image,
          `${lab.directory}/kind.yaml`,
          kubeconfig,
        ],
        { cwd: '/' },
      );
      if (exitCode !== 0) throw new Error(`kind ended with ${exitCode}\n${stdout}\n${stderr}`);
      return performance.now() - start;
    },
    down: async () => {
      await lab.host([kind, 'delete', 'cluster', '--name', 'bench', '--kubeconfig', kubeconfig], { cwd: '/' });
    },
  };
}

const config = `kind: Cluster
apiVersion: kind.x-k8s.io/v1alpha4
networking: { ipFamily: ipv6, disableDefaultCNI: true }
nodes: [{ role: control-plane }, { role: worker }, { role: worker }]
`;

async function ensureKindImage(lab: Lab, nodeImage: string): Promise<string> {
  const engine = await connectSocket((lab.engineEndpoint ?? '').replace('unix://', ''), {
    dockerHost: undefined,
    dockerContext: undefined,
    dockerConfig: '/nonexistent',
    dockerCertPath: undefined,
    dockerTlsVerify: false,
    proxy: {},
    caBundle: undefined,
  });
  const { stdout } = await run('go', ['mod', 'download', '-json', kindModule]);
  const folder = join((JSON.parse(stdout) as { Dir: string }).Dir, 'images/base/files');
  const files = [{ path: 'Dockerfile', content: dockerfile }, ...(await readTree(folder, 'files'))];
  const tag = 'dind64-test/kind:bench';
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
