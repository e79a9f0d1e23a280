import { connectSocket } from '../../src/engine/connect.js';
import { createKindCluster, ensureKindImage, installKind } from '../images/kind.js';
import type { Lab } from '../lab/types.js';

export interface Peer {
  up(): Promise<number>;
  down(): Promise<void>;
}

/**
 * kind, on the same engine with the same components: its own program and entry point from its Go module, and an image made as kindest/node is, since that
 * one cannot be had without a registry. Needs Go; `undefined` without it.
 */
export async function prepareKind(lab: Lab, nodeImage: string): Promise<Peer | undefined> {
  let kind: string;
  try {
    kind = await installKind();
  } catch (error) {
    process.stderr.write(`kind is left out: ${error instanceof Error ? error.message : String(error)}\n`);
    return undefined;
  }
  const engine = await connectSocket((lab.engineEndpoint ?? '').replace('unix://', ''), {
    dockerHost: undefined,
    dockerContext: undefined,
    dockerConfig: '/nonexistent',
    dockerCertPath: undefined,
    dockerTlsVerify: false,
    proxy: {},
    caBundle: undefined,
  });
  const image = await ensureKindImage(engine, nodeImage);
  const kubeconfig = `${lab.directory}/kind.conf`;
  return {
    up: async () => {
      const start = performance.now();
      await createKindCluster(lab, { kind, name: 'bench', image, kubeconfig, workers: 2 });
      return performance.now() - start;
    },
    down: async () => {
      await lab.host([kind, 'delete', 'cluster', '--name', 'bench', '--kubeconfig', kubeconfig], { cwd: '/' });
    },
  };
}
