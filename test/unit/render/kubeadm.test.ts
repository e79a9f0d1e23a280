import { parseAllDocuments } from 'yaml';
import { describe, expect, it } from 'vitest';
import { renderInitConfig, renderJoinConfig, renderPatches } from '../../../src/render/kubeadm.js';
import { sampleInputs, samplePlan } from '../../support/sample-plan.js';

type Document = Record<string, never> & { kind: string };
const parse = (text: string): Document[] => parseAllDocuments(text).map((document) => document.toJS() as Document);

describe('renderInitConfig', () => {
  it('is the golden file', async () => {
    const plan = samplePlan();
    await expect(renderInitConfig(plan, plan.nodes[0]!)).toMatchFileSnapshot('golden/kubeadm-init.yaml');
  });

  it('bears cgroup v1 only where the engine has it', () => {
    const old = samplePlan({ engine: { ...sampleInputs.engine, cgroupVersion: '1' } });
    expect(renderInitConfig(old, old.nodes[0]!)).toContain('failCgroupV1: false');
    expect(renderInitConfig(old, old.nodes[0]!)).toContain('SystemVerification');
    const plan = samplePlan();
    expect(renderInitConfig(plan, plan.nodes[0]!)).not.toContain('failCgroupV1');
    expect(renderInitConfig(plan, plan.nodes[0]!)).not.toContain('SystemVerification');
  });

  it('leaves a control plane without workers schedulable', () => {
    const plan = samplePlan({ settings: { ...sampleInputs.settings, numWorkers: 0 } });
    const [init] = parse(renderInitConfig(plan, plan.nodes[0]!));
    expect(init).toMatchObject({ nodeRegistration: { taints: [] } });
  });

  it('scales kubeadm’s waits with DIND_TIMEOUT', () => {
    const plan = samplePlan({ settings: { ...sampleInputs.settings, timeoutMs: 1_500_000 } });
    expect(renderInitConfig(plan, plan.nodes[0]!)).toContain('controlPlaneComponentHealthCheck: 1200s');
  });

  it('and what the kubelet allows the control plane’s parts, by patches; none by default', () => {
    const plan = samplePlan({ settings: { ...sampleInputs.settings, timeoutMs: 1_500_000 } });
    const config = renderInitConfig(plan, plan.nodes[0]!);
    expect(config).toContain('directory: /dind64/kubeadm-patches');
    expect(config).toMatch(/name: election-timeout\n\s+value: "5000"/);
    expect(renderPatches(plan).map(({ path, content }) => `${path}\n${content.toString()}`)[3]).toBe(
      'dind64/kubeadm-patches/etcd+strategic.yaml\nspec:\n  containers:\n    - name: etcd\n      livenessProbe:\n        timeoutSeconds: 75\n        failureThreshold: 40\n',
    );
    expect(renderPatches(samplePlan())).toEqual([]);
  });
});

describe('renderJoinConfig', () => {
  it('is the golden file', async () => {
    const plan = samplePlan();
    await expect(renderJoinConfig(plan, plan.nodes[1]!, { token: 'abcdef.0123456789abcdef' })).toMatchFileSnapshot(
      'golden/kubeadm-join.yaml',
    );
  });
});
