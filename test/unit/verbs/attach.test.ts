import { describe, expect, it } from 'vitest';
import { parseIpv6Cidr } from '../../../src/net/cidr.js';
import { describeProof } from '../../../src/steps/attached/check.js';
import { attachedContext, refusePrefix } from '../../../src/verbs/attach.js';
import type { Context } from '../../../src/cluster/context.js';
import { sampleInputs, sampleRecord, sampleSettings } from '../../support/sample-plan.js';
import { asTyped } from '../../support/wording.js';

const { addressing } = sampleInputs;

describe('refusePrefix', () => {
  it('takes a prefix that is nobody else’s, and the one that is there', () => {
    expect(() => refusePrefix('theirs', addressing, undefined)).not.toThrow();
    expect(() => refusePrefix('theirs', addressing, sampleRecord)).not.toThrow();
  });

  // Seen to fail with the service CIDR left out.
  it.each(['nodeCidr', 'podCidr', 'serviceCidr'] as const)('refuses one that overlaps %s', (field) => {
    const nat64Prefix = parseIpv6Cidr(`${addressing[field].split('/')[0]}/96`);
    expect(() => refusePrefix('theirs', { ...addressing, nat64Prefix }, undefined)).toThrow(
      expect.objectContaining({ code: 'prefix-overlap', exitCode: 2 }) as Error,
    );
  });

  it('refuses another one than is there', () => {
    expect(() =>
      asTyped(() =>
        refusePrefix('theirs', { ...addressing, nat64Prefix: parseIpv6Cidr('64:ff9b::/96') }, sampleRecord),
      ),
    ).toThrow(
      expect.objectContaining({
        code: 'attached-already',
        hint: expect.stringContaining('npm run detach -- --kind theirs'),
      }) as Error,
    );
  });
});

describe('attachedContext', () => {
  const context = { environment: { settings: sampleSettings } } as Context;

  it('goes by the name of kind’s context', () => {
    expect(attachedContext(context, '123').environment.settings.clusterName).toBe('kind-123');
  });

  it.each(['a.b', 'x'.repeat(40), 'A'])('refuses %s, which no container of ours could be named by', (name) => {
    expect(() => attachedContext(context, name)).toThrow(
      expect.objectContaining({ code: 'bad-cluster-name', exitCode: 2 }) as Error,
    );
  });
});

describe('describeProof', () => {
  const passed = { paths: { nat64: 'passed', direct: 'untried' } } as const;

  it('says that the check could have failed', () => {
    expect(describeProof(passed, '')).toMatchObject({ level: 'info', text: expect.stringContaining('not vacuous') });
  });

  // Seen to fail without the look at the pod's IPv4.
  it.each([
    ['a pod that has IPv4', passed, '2: eth0    inet 10.244.0.5/24 scope global eth0', 'dual-stack'],
    ['nothing reached through NAT64', { paths: { nat64: 'untried', direct: 'passed' } } as const, '', 'not proven'],
  ])('warns of %s', (_, verdict, ipv4, text) => {
    expect(describeProof(verdict, ipv4)).toMatchObject({ level: 'warning', text: expect.stringContaining(text) });
  });
});
