import { describe, expect, it } from 'vitest';
import { renderNodeFiles, renderNodeNetworkFiles } from '../../../src/render/node-files.js';
import { sampleInputs, samplePlan } from '../../support/sample-plan.js';

const content = (files: { path: string; content: string | Buffer }[], path: string): string =>
  files.find((file) => file.path === path)?.content.toString() ?? '';

describe('renderNodeNetworkFiles', () => {
  const networkFiles = (aaaa: boolean): ReturnType<typeof renderNodeNetworkFiles> => {
    const plan = samplePlan({ mode: { requested: 'auto', aaaa, reason: 'test' } });
    return renderNodeNetworkFiles(plan, plan.nodes[1]!);
  };

  it('routes the NAT64 prefix to NAT64 and every other node’s pods to that node', () => {
    expect(content(networkFiles(true), 'dind64/network/routes')).toBe(
      'fd00:10:64:ff9b::/96 via fd00:20::200\nfd00:ec2::254 via fd00:20::200\nfd00:ec2::23 via fd00:20::200\nfd20:ce::254 via fd00:20::200\nfd00:c1::a9fe:a9fe via fd00:20::200\nfd00:42::42 via fd00:20::200\nfd00:a9fe:a9fe::1 via fd00:20::200\nfd00:100::100:200 via fd00:20::200\nunreachable fd00:40::/72 metric 4294967295\nfd00:40:0:0:2::/80 via fd00:20::2\nfd00:40:0:0:4::/80 via fd00:20::4\n',
    );
  });

  it('without AAAA use leads everything else to NAT64, which refuses it', () => {
    expect(content(networkFiles(false), 'dind64/network/routes')).toBe(
      'fd00:10:64:ff9b::/96 via fd00:20::200\ndefault metric 64 via fd00:20::200\nunreachable fd00:40::/72 metric 4294967295\nfd00:40:0:0:2::/80 via fd00:20::2\nfd00:40:0:0:4::/80 via fd00:20::4\n',
    );
  });

  it.each([
    [true, 'egress-aaaa-on.nft'],
    [false, 'egress-aaaa-off.nft'],
  ])('with AAAA use %s has the egress table of %s', async (aaaa, golden) => {
    await expect(content(networkFiles(aaaa), 'dind64/network/egress.nft')).toMatchFileSnapshot(`golden/${golden}`);
  });

  it('makes DNS64 the only resolver', () => {
    expect(content(networkFiles(true), 'dind64/network/resolv.conf')).toBe('nameserver fd00:20::100\n');
  });
});

const bare = { proxy: {}, caBundle: undefined, registryAuth: undefined };

describe('renderNodeFiles', () => {
  it('gives each node its own pod CIDR', async () => {
    const plan = samplePlan({ mtu: 1400 });
    await expect(
      content(renderNodeFiles(plan, plan.nodes[2]!, bare), 'etc/cni/net.d/10-dind64.conflist'),
    ).toMatchFileSnapshot('golden/cni.conflist');
  });

  it('has no CNI file when the user brings one', () => {
    const plan = samplePlan({ settings: { ...sampleInputs.settings, cni: { kind: 'none' } } });
    expect(renderNodeFiles(plan, plan.nodes[0]!, bare)).toEqual([]);
  });

  it('keeps the cluster’s own traffic from the proxy, in a file that only root reads', () => {
    const proxy = { HTTPS_PROXY: 'http://user:secret@proxy.test:3128', NO_PROXY: 'intern.test' };
    const plan = samplePlan({ proxy: Object.keys(proxy) });
    const file = renderNodeFiles(plan, plan.nodes[0]!, { ...bare, proxy }).find(
      ({ path }) => path === 'dind64/proxy.env',
    );
    expect(file?.mode).toBe(0o600);
    expect(file?.content).toContain('NO_PROXY=intern.test,fd00:20::/64,fd00:40::/72,fd00:30::/110,.svc,');
  });
});
