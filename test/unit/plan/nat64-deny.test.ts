import { describe, expect, it } from 'vitest';
import { parseIpv4Cidr, parseIpv6Cidr } from '../../../src/net/cidr.js';
import { planNat64Deny, type Nat64DenyInputs } from '../../../src/plan/nat64-deny.js';

const inputs: Nat64DenyInputs = {
  prefix: parseIpv6Cidr('fd00:10:64:ff9b::/96'),
  pool: parseIpv4Cidr('198.18.0.0/15'),
  userDeny: [],
  engineSubnets: [],
};
const never = ['0.0.0.0/8', '127.0.0.0/8', '169.254.0.0/16', '198.18.0.0/15', '224.0.0.0/4', '240.0.0.0/4'];

describe('planNat64Deny', () => {
  it('refuses what is never a site, and its own pool', () => {
    expect(planNat64Deny(inputs)).toEqual(never);
  });

  it('adds what the user and the engine say, in order of address', () => {
    const deny = planNat64Deny({
      ...inputs,
      userDeny: ['168.63.129.16/32', '192.0.0.0/24'].map(parseIpv4Cidr),
      engineSubnets: ['172.18.0.0/16', 'fd00:20::/64', '172.17.0.0/16'],
    });
    expect(deny).toEqual([
      '0.0.0.0/8',
      '127.0.0.0/8',
      '168.63.129.16/32',
      '169.254.0.0/16',
      '172.17.0.0/16',
      '172.18.0.0/16',
      '192.0.0.0/24',
      '198.18.0.0/15',
      '224.0.0.0/4',
      '240.0.0.0/4',
    ]);
  });

  it('leaves out what lies inside another range or is there twice', () => {
    const deny = planNat64Deny({
      ...inputs,
      userDeny: ['10.0.0.0/8', '10.0.0.0/8', '10.1.2.0/24', '127.0.0.1/32'].map(parseIpv4Cidr),
      engineSubnets: ['10.5.0.0/16'],
    });
    expect(deny.filter((cidr) => !never.includes(cidr))).toEqual(['10.0.0.0/8']);
  });

  it("takes an engine's subnet with bits behind its length", () => {
    expect(planNat64Deny({ ...inputs, engineSubnets: ['172.20.5.4/16'] })).toContain('172.20.0.0/16');
  });

  it('reaches private addresses with a prefix of its own, and no address that is not global with the well-known one', () => {
    const notGlobal = [
      '10.0.0.0/8',
      '100.64.0.0/10',
      '172.16.0.0/12',
      '192.0.0.0/24',
      '192.0.2.0/24',
      '192.168.0.0/16',
      '198.51.100.0/24',
      '203.0.113.0/24',
    ].map(parseIpv4Cidr);
    expect(planNat64Deny(inputs)).not.toEqual(expect.arrayContaining([notGlobal[0]]));
    const deny = planNat64Deny({ ...inputs, prefix: parseIpv6Cidr('64:ff9b::/96'), engineSubnets: ['172.17.0.0/16'] });
    expect(deny).toEqual(expect.arrayContaining([...never, ...notGlobal]));
    expect(deny).not.toContain('172.17.0.0/16');
    expect(deny).not.toContain('192.88.99.0/24');
  });
});
