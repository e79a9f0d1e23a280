import { describe, expect, it } from 'vitest';
import { parseAddress } from '../../../src/net/address.js';
import { parseIpv6Cidr } from '../../../src/net/cidr.js';
import { renderDns64Files, renderUnboundConfig } from '../../../src/render/dns64.js';
import { samplePlan } from '../../support/sample-plan.js';

const plan = samplePlan();
const off = { ...plan, mode: { requested: 'false', aaaa: false, reason: 'the default' } as const };
const withUpstreams = (...upstreams: string[]): typeof plan => ({
  ...plan,
  dns64: { ...plan.dns64, upstreams: upstreams.map(parseAddress) },
});
const tryMs = (text: string): number => Number(/unknown-server-time-limit: (\d+)/.exec(text)?.[1]);

describe('renderUnboundConfig', () => {
  it('gives the whole configuration, without AAAA use', async () => {
    await expect(renderUnboundConfig(off)).toMatchFileSnapshot('golden/unbound-off.conf');
  });

  it('gives the whole configuration, with AAAA use, upstreams and names that never use theirs', async () => {
    const changed = withUpstreams('192.0.2.53', '2001:db8::53');
    await expect(
      renderUnboundConfig({ ...changed, dns64: { ...changed.dns64, nat64Zones: ['example.com', 'corp.example'] } }),
    ).toMatchFileSnapshot('golden/unbound-on.conf');
  });

  it('differs between the modes in synthesis and the time of a try, and nothing else', () => {
    const lines = [off, plan].map((one) => renderUnboundConfig(one).split('\n'));
    const differing = lines[0]
      ?.filter((line) => lines[1]?.includes(line) === false)
      .map((line) => line.trim().split(':')[0]);
    expect(differing).toEqual(['dns64-ignore-aaaa', 'unknown-server-time-limit']);
    expect(lines[0]).toHaveLength((lines[1]?.length ?? 0) + 1);
  });

  it('ends all tries within five seconds, whatever the upstreams', () => {
    for (const upstreams of [
      [],
      ['192.0.2.53'],
      ['192.0.2.53', '192.0.2.54'],
      ['192.0.2.53', '192.0.2.54', '2001:db8::53'],
    ]) {
      for (const aaaa of [true, false]) {
        const text = renderUnboundConfig({ ...withUpstreams(...upstreams), mode: { ...plan.mode, aaaa } });
        const tries = Number(/outbound-msg-retry: (\d+)/.exec(text)?.[1]);
        expect(tryMs(text) * tries * Math.max(1, upstreams.length) * (aaaa ? 2 : 1)).toBeLessThan(4_500);
      }
    }
  });

  it('asks an upstream twice, since unbound believes an empty answer without an SOA only then', () => {
    for (const text of [renderUnboundConfig(off), renderUnboundConfig(withUpstreams('192.0.2.53', '192.0.2.54'))])
      expect(text).toContain('outbound-msg-retry: 2\n');
  });

  it('keeps nothing of names that never use their AAAA in the cache that others are answered from', () => {
    const zoned = { ...plan, dns64: { ...plan.dns64, nat64Zones: ['example.com'] } };
    const zone = 'forward-zone:\n  name: "example.com"\n  forward-addr: 127.0.0.11\n  forward-no-cache: yes\n';
    expect(renderUnboundConfig(zoned)).toContain(zone);
    expect(renderUnboundConfig({ ...zoned, mode: off.mode })).not.toContain(zone);
  });

  it("answers RFC 7050's name with the prefix in use", () => {
    const text = renderUnboundConfig({ ...plan, nat64: { ...plan.nat64, prefix: parseIpv6Cidr('64:ff9b::/96') } });
    expect(text).toContain('AAAA 64:ff9b::c000:aa"');
    expect(text).toContain('local-data-ptr: "64:ff9b::c000:ab 86400 ipv4only.arpa."');
    expect(text).toContain('dns64-prefix: 64:ff9b::/96');
  });
});

describe('renderDns64Files', () => {
  it('are the address and the configuration: the mode stands in the cluster’s record alone', () => {
    const files = renderDns64Files(off);
    expect(files.map(({ path }) => path)).toEqual(['helper.env', 'unbound.conf']);
  });
});
