import { beforeAll, expect, it } from 'vitest';
import { ensureComponentStore, type ComponentStore } from '../../../src/images/component-store.js';
import { planNodeContainer } from '../../../src/plan/containers/node.js';
import { waitUntil } from '../../../src/wait.js';
import { ensureKindLookalike } from '../../images/kind-lookalike.js';
import { describeWithLab } from '../../support/lab.js';
import { startNode, useImages, type TestNode } from './support.js';

describeWithLab(
  'integration',
  'an image with the traits of kindest/node',
  { profile: 'dual', engine: true },
  (fixture) => {
    const images = useImages(fixture);
    let lookalike: string;
    let store: ComponentStore;
    beforeAll(async () => {
      lookalike = await ensureKindLookalike(images.bench.engine, images.bench.images.node);
      store = await ensureComponentStore(images.bench.context, {
        nodeImage: lookalike,
        base: images.bench.images.base,
      });
    });

    const plan = () => images.bench.plan({ node: lookalike, componentStore: store.volume });

    it('dies on a network without IPv4 by its own entry point', async () => {
      const { engine } = images.bench;
      const { entrypoint: _, ...spec } = planNodeContainer(plan(), plan().nodes[1]!);
      await engine.createContainer(spec);
      await engine.startContainer(spec.name);
      const ended = await waitUntil({ condition: 'it has ended', limitMs: 30_000 }, async () => {
        const state = await engine.findContainer(spec.name);
        return state?.status === 'exited' || state?.status === 'restarting'
          ? { done: state }
          : { seen: state?.status ?? 'gone' };
      });
      expect(ended.exitCode).toBe(2);
      expect(await engine.logs(spec.name, 20)).toContain("host/network `' not found");
      await engine.removeContainer(spec.name);
    });

    it('has its images and the base image unpacked in a store', () => {
      expect(store.kubernetesVersion).toBe(images.bench.images.nodeVersion);
      expect(store.images).toEqual(expect.arrayContaining(images.bench.images.componentImages));
    });

    it('boots with dind64’s harness, and runs containers with its own hook', async () => {
      const node: TestNode = await startNode(images.bench.engine, plan());
      await node.boots();
      expect(await node.output('command -v containerd')).toBe('/usr/local/bin/containerd');
      const version = await node.output('cat /kind/version');
      expect(
        await node.output(
          `ctr -n k8s.io run --rm registry.k8s.io/kube-proxy:${version} t /usr/local/bin/kube-proxy --version 2> /dev/null`,
        ),
      ).toBe(`Kubernetes ${version}`);
      const files = await node.output('ls /kind');
      expect(files).toContain('product_name');
      expect(files).toContain('product_uuid');
      expect(Number(await node.output('du -sm /var/lib/containerd | cut -f1'))).toBeLessThan(20);
    });
  },
);
