import { describe, expect, it } from 'vitest';
import { parseIpv6Cidr } from '../../../src/net/cidr.js';
import { renderNat64Rules } from '../../../src/render/nat64-rules.js';
import {
  renderNat64Files,
  renderNat64LiveFiles,
  renderNat64Settings,
  renderTaygaConfig,
} from '../../../src/render/nat64.js';
import { sampleInputs, samplePlan } from '../../support/sample-plan.js';

const plan = samplePlan();
const wellKnown = samplePlan({
  addressing: { ...sampleInputs.addressing, nat64Prefix: parseIpv6Cidr('64:ff9b::/96') },
});

describe('the files of the NAT64 container', () => {
  it('are rules of a kind that replaces itself', async () => {
    await expect(renderNat64Rules(plan)).toMatchFileSnapshot('golden/nat64.nft');
    await expect(renderNat64Rules(wellKnown)).toMatchFileSnapshot('golden/nat64-well-known.nft');
  });

  it('embed refused ranges with their length', () => {
    const rules = renderNat64Rules(plan);
    expect(rules).toContain(
      'ip6 daddr fd00:10:64:ff9b::7f00:0/104 counter name refused_127_0_0_0_8 reject with icmpv6 admin-prohibited',
    );
    expect(rules).toContain('ip6 daddr fd00:10:64:ff9b::a83f:8110/128 counter name refused_168_63_129_16_32 reject');
  });

  it('name every refused range once as a counter, in the set and in a rule', () => {
    const rules = renderNat64Rules(plan);
    for (const cidr of plan.nat64.deny) {
      expect(rules.split(`refused_${cidr.replaceAll(/[./]/g, '_')} `)).toHaveLength(3);
    }
    expect(/elements = \{ (.*) \}/.exec(rules)?.[1]?.split(', ')).toHaveLength(plan.nat64.deny.length);
  });

  it('give the translator addresses that tayga takes with either prefix', () => {
    expect(renderTaygaConfig(plan)).toContain(
      'tun-device nat64\nipv4-addr 198.18.0.1\nipv6-addr fd00:20::201\nprefix fd00:10:64:ff9b::/96\ndynamic-pool 198.18.0.0/18\n',
    );
    expect(renderTaygaConfig(wellKnown)).toContain('ipv6-addr fd00:20::201\nprefix 64:ff9b::/96\n');
  });

  it("give nodes the same address with either translator: the pool's upper half by their place on the network", () => {
    const maps = renderTaygaConfig(plan)
      .split('\n')
      .filter((line) => line.startsWith('map '));
    expect([maps[0], maps[2], maps.at(-1), maps.length]).toEqual([
      'map 198.19.0.1 fd00:20::1',
      'map 198.19.0.3 fd00:20::3',
      'map 198.19.0.255 fd00:20::ff',
      255,
    ]);
  });

  it('give the scripts their variables', () => {
    expect(renderNat64Settings(plan)).toBe(
      'NODE_ADDRESS=fd00:20::200\nPREFIX=fd00:10:64:ff9b::/96\nPOOL=198.18.0.0/15\nTRANSLATOR_IPV6=fd00:20::201\nMTU=1500\n' +
        'EBPF_CONFIG=fd0000100064ff9b00000000000012c6fd000020000000000000000000000000fd000020000000000000000000000201dc050000\n',
    );
  });

  it('keep what changes on a running container apart', () => {
    expect(renderNat64Files(plan).map(({ path }) => path)).toEqual(['helper.env', 'tayga.conf']);
    expect(renderNat64LiveFiles(plan).map(({ path }) => path)).toEqual(['nat64.nft', 'engine', 'refused']);
  });
});
