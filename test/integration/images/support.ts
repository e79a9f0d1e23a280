import { afterAll, beforeAll } from 'vitest';
import { connectSocket } from '../../../src/engine/connect.js';
import type { ContainerState, Engine, ExecResult, FileEntry } from '../../../src/engine/types.js';
import type { ImageContext } from '../../../src/images/context.js';
import { ensureImages, type ImageSet } from '../../../src/images/ensure.js';
import { readHarness } from '../../../src/images/harness.js';
import { planNodeContainer } from '../../../src/plan/containers/node.js';
import type { ClusterPlan } from '../../../src/plan/types.js';
import type { ProgressEvent } from '../../../src/progress/types.js';
import { waitUntil } from '../../../src/wait.js';
import type { LabFixture } from '../../support/lab.js';
import { sampleInputs, samplePlan, sampleSettings } from '../../support/sample-plan.js';
import { bareEnvironment } from '../engine/support/engine-environment.js';

export interface ImageBench {
  engine: Engine;
  images: ImageSet;
  context: ImageContext;
  events: ProgressEvent[];
  plan(changes?: { node: string; componentStore: string }): ClusterPlan;
}

/** An engine with all images (the lab's seed) and the cluster's node network. */
export function useImages(fixture: LabFixture): { readonly bench: ImageBench } {
  let bench: ImageBench | undefined;
  beforeAll(async () => {
    const engine = await connectSocket((fixture.lab.engineEndpoint ?? '').slice('unix://'.length), bareEnvironment);
    const events: ProgressEvent[] = [];
    const context: ImageContext = {
      engine,
      events,
      settings: { ...sampleSettings, imageSource: 'build' },
      paths: { cache: '/nonexistent', state: '/nonexistent' },
      engineEnv: bareEnvironment,
      reporter: { report: (event) => void events.push(event), close: () => undefined },
      signal: new AbortController().signal,
    } as ImageContext & { events: ProgressEvent[] };
    const images = await ensureImages(context);
    const plan: ImageBench['plan'] = (changes) =>
      samplePlan({ images: { ...sampleInputs.images, ...images, kubernetesVersion: images.nodeVersion, ...changes } });
    await engine.createNetwork(plan().networks.node);
    bench = { engine, images, context, events, plan };
  });
  afterAll(async () => {
    for (const { id } of (await bench?.engine.listContainers({})) ?? []) await bench?.engine.removeContainer(id);
  });
  return {
    get bench() {
      if (bench === undefined) throw new Error('the bench is read before beforeAll has made it');
      return bench;
    },
  };
}

export const networkFiles: FileEntry[] = [
  { path: 'dind64/network/resolv.conf', content: 'nameserver fd00:20::100\n' },
  {
    path: 'dind64/network/routes',
    content: 'fd00:10:64:ff9b::/96 via fd00:20::200\nfd00:40::1:0:0:0/80 via fd00:20::3\n',
  },
  { path: 'dind64/network/egress.nft', content: 'table inet dind64-test {}\n' },
];

/** A node as `up` makes it, without Kubernetes; `boots` waits until systemd is `running`. */
export async function startNode(engine: Engine, plan: ClusterPlan, files: FileEntry[] = []): Promise<TestNode> {
  const spec = planNodeContainer(plan, plan.nodes[0]!);
  await engine.removeContainer(spec.name);
  await engine.createContainer(spec);
  await engine.putFiles(spec.name, '/', [...(await readHarness()), ...networkFiles, ...files]);
  await engine.startContainer(spec.name);
  return new TestNode(engine, spec.name);
}

export class TestNode {
  constructor(
    readonly engine: Engine,
    readonly name: string,
  ) {}

  exec(script: string): Promise<ExecResult> {
    return this.engine.exec(this.name, ['bash', '-c', script]);
  }

  async output(script: string): Promise<string> {
    const { exitCode, stdout, stderr } = await this.exec(script);
    if (exitCode !== 0) throw new Error(`${script}: exit code ${exitCode}: ${stdout}${stderr}`);
    return stdout.trim();
  }

  async state(): Promise<ContainerState> {
    const found = await this.engine.findContainer(this.name);
    if (found === undefined) throw new Error(`${this.name} is gone`);
    return found;
  }

  async boots(): Promise<void> {
    await waitUntil({ condition: `${this.name} runs`, limitMs: 60_000 }, async () => {
      if ((await this.state()).status === 'exited') throw new Error(await this.engine.logs(this.name, 20));
      const seen = (await this.exec('systemctl is-system-running')).stdout.trim();
      return seen === 'running' ? { done: true } : { seen };
    }).catch(async (error: unknown) => {
      throw new Error(
        `${String(error)}\n${(await this.exec('systemctl --failed --no-pager; systemctl list-jobs --no-pager')).stdout}`,
      );
    });
  }
}
