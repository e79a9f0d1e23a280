import { parseAllDocuments } from 'yaml';
import { expect, it } from 'vitest';
import { renderCorednsManifest } from '../../../src/render/coredns.js';
import { samplePlan, sampleInputs } from '../../support/sample-plan.js';

const printed = `---
apiVersion: v1
kind: ConfigMap
data:
  Corefile: theirs
---
apiVersion: apps/v1
kind: Deployment
spec:
  template:
    spec:
      containers:
      - name: coredns
        readinessProbe: { httpGet: { path: /ready, port: 8181 }, periodSeconds: 10 }
`;
const read = (text: string): unknown[] => parseAllDocuments(text).map((document) => document.toJS() as unknown);

it('has our Corefile, and a probe every second', () => {
  const [config, deployment] = read(renderCorednsManifest(printed, samplePlan()));
  expect(config).toMatchObject({ data: { Corefile: expect.stringContaining('forward . fd00:20::100') as string } });
  expect(deployment).toMatchObject({
    spec: {
      template: { spec: { containers: [{ readinessProbe: { periodSeconds: 1, httpGet: { path: '/ready' } } }] } },
    },
  });
});

it('caches nothing, its own zone included, and has no records with addresses beside A and AAAA', () => {
  const corefile = (read(renderCorednsManifest(printed, samplePlan()))[0] as { data: { Corefile: string } }).data
    .Corefile;
  expect(corefile).not.toMatch(/^ *cache/m);
  for (const type of ['HTTPS', 'SVCB']) expect(corefile).toMatch(new RegExp(`^ *template IN ${type} \\{`, 'm'));
});

it('leaves out what kubeadm tells of its phases on the same stream, and looks less often on a slow machine', () => {
  const slow = samplePlan({ settings: { ...sampleInputs.settings, timeoutMs: 1_500_000 } });
  const documents = read(
    renderCorednsManifest(
      `[patches] Reading patches from path "/dind64/kubeadm-patches"\n---${printed.slice(4)}`,
      slow,
    ),
  );
  expect(documents[0]).toMatchObject({ apiVersion: 'v1', kind: 'ConfigMap' });
  expect(documents).toHaveLength(2);
  expect(documents[1]).toMatchObject({
    spec: { template: { spec: { containers: [{ readinessProbe: { periodSeconds: 5 } }] } } },
  });
});
