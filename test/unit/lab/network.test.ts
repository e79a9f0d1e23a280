import { describe, expect, it } from 'vitest';
import { planNetwork } from '../../lab/network.js';
import { planResolvers } from '../../lab/sites.js';
import type { LabProfile } from '../../lab/types.js';

const names = { host: 'a-host', internet: 'a-internet', mtu1280: 'a-mtu1280', mtu1400: 'a-mtu1400' };
const plan = (
  profile: LabProfile,
  ipv6Setup: 'static' | 'router-advertisement' = 'static',
  uplinkMtu = 1500,
): ReturnType<typeof planNetwork> => planNetwork(names, { profile, ipv6Setup, uplinkMtu, engineHost: 'namespace' });
const hostLines = (profile: LabProfile, ipv6Setup?: 'static' | 'router-advertisement'): string[] =>
  plan(profile, ipv6Setup).inside.host.ip;

describe('networks of the lab', () => {
  it('gives the engine host exactly the families of its profile', () => {
    expect(hostLines('dual')).toEqual([
      'link set lo up',
      'link set eth0 up',
      'addr add 203.0.113.2/28 brd + dev eth0',
      'route add default via 203.0.113.1 dev eth0',
      'addr add 2001:db8:0:1::2/64 dev eth0 nodad',
      'route add ::/0 via 2001:db8:0:1::1 dev eth0',
    ]);
    expect(hostLines('v4only').join('\n')).not.toContain('2001:');
    expect(hostLines('v6only').join('\n')).not.toContain('203.0.113');
  });

  it('leaves address and default route to router advertisements where asked', () => {
    expect(hostLines('dual', 'router-advertisement')).toEqual([
      'link set lo up',
      'link set eth0 up',
      'addr add 203.0.113.2/28 brd + dev eth0',
      'route add default via 203.0.113.1 dev eth0',
    ]);
  });

  it('speaks no IPv6 on the uplink of v4only', () => {
    expect(plan('v4only').inside.internet.sysctls['net.ipv6.conf.uplink.disable_ipv6']).toBe('1');
    expect(plan('dual').inside.internet.sysctls['net.ipv6.conf.uplink.disable_ipv6']).toBe('0');
  });

  it('makes links only between namespaces of its own, with their MTU', () => {
    const links = plan('dual', 'static', 1420).outside.filter((line) => line.startsWith('link add'));
    expect(links).toHaveLength(3);
    expect(links[0]).toMatch(
      /^link add eth0 mtu 1420 .* netns a-host type veth peer name uplink mtu 1420 .* netns a-internet$/,
    );
    expect(links[1]).toMatch(/mtu 1280 netns a-internet type veth peer name wan mtu 1280 netns a-mtu1280$/);
  });

  it('leaves addresses to the machine behind a tap', () => {
    const { outside, inside } = planNetwork(names, {
      profile: 'dual',
      ipv6Setup: 'static',
      uplinkMtu: 1500,
      engineHost: 'tap',
    });
    expect(inside.host.ip.filter((line) => /addr|route/.test(line))).toEqual([]);
    expect(outside.join('\n')).not.toContain('00:00:5e:00:53:02');
  });

  it('orders resolvers as a laptop does, by profile or as asked', () => {
    expect(planResolvers('dual')).toEqual(['198.51.100.53', '2001:db8:100::53']);
    expect(planResolvers('v4only')).toEqual(['198.51.100.53']);
    expect(planResolvers('v6only')).toEqual(['2001:db8:100::53']);
    expect(planResolvers('dual', 'ipv6')).toEqual(['2001:db8:100::53']);
  });
});
