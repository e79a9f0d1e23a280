import { describe, expect, it } from 'vitest';
import { renderApiFiles, renderHaproxyConfig } from '../../../src/render/api.js';
import { samplePlan } from '../../support/sample-plan.js';

describe('renderHaproxyConfig', () => {
  it('forwards to the control planes and to no worker', async () => {
    const text = renderHaproxyConfig(samplePlan());
    await expect(text).toMatchFileSnapshot('golden/haproxy.cfg');
    expect(text.match(/^ {2}server .*/gm)).toEqual(['  server kubeadm-dind-control-plane [fd00:20::2]:6443']);
  });

  it('is a file of the config volume', () => {
    expect(renderApiFiles(samplePlan()).map(({ path }) => path)).toEqual(['helper.env', 'haproxy.cfg']);
  });
});
