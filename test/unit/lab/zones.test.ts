import { describe, expect, it } from 'vitest';
import { sites } from '../../lab/sites.js';
import { renderZones, reverseName, siteNames, ttls } from '../../lab/zones.js';

const zones = renderZones();
const lines = (file: string): string[] => zones[file]?.text.split('\n') ?? [];

describe('zones of the lab', () => {
  it('names addresses of both families in reverse', () => {
    expect(reverseName('198.51.100.10')).toBe('10.100.51.198.in-addr.arpa.');
    expect(reverseName('2001:db8:100::12')).toBe(
      '2.1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.1.0.8.b.d.0.1.0.0.2.ip6.arpa.',
    );
  });

  it('gives each kind of name exactly its records', () => {
    const owned = (name: string): string[] =>
      lines('test.zone')
        .filter((line) => line.startsWith(`${name}.test. `))
        .map((line) => line.split(' ').slice(3).join(' '))
        .sort();
    expect(owned('v4only')).toEqual(['A 198.51.100.10']);
    expect(owned('dual')).toEqual(['A 198.51.100.11', 'AAAA 2001:db8:100::11']);
    expect(owned('v6only')).toEqual(['AAAA 2001:db8:100::12']);
    expect(owned('mapped')).toEqual(['A 198.51.100.13', 'AAAA ::ffff:198.51.100.13']);
    expect(owned('mixed')).toEqual(['A 198.51.100.14', 'AAAA 2001:db8:100::14', 'AAAA ::ffff:198.51.100.14']);
    expect(owned('nodata').every((record) => record.startsWith('TXT'))).toBe(true);
    expect(owned('nxdomain')).toEqual([]);
    expect(owned('aaaafail')).toEqual(['NS ns-broken.test.']);
    expect(owned('chain-v4only')).toEqual(['CNAME chain2-v4only.test.']);
  });

  it('lets a test tell the TTLs apart, A below AAAA', () => {
    expect(new Set(Object.values(ttls)).size).toBe(Object.values(ttls).length);
    expect(ttls.a).toBeLessThan(ttls.aaaa);
  });

  it('delegates every zone that it holds, and names every address of a site in a reverse zone', () => {
    for (const { zone } of Object.values(zones).filter((entry) => entry.zone !== '.')) {
      expect(lines(zone === 'signed.test.' ? 'test.zone' : 'root.zone')).toContain(`${zone} 3600 IN NS ns.test.`);
    }
    const reverse = Object.values(zones)
      .map(({ text }) => text)
      .join('\n');
    for (const [name, { ipv4, ipv6 }] of Object.entries(sites)) {
      for (const address of [ipv4, ipv6])
        if (address !== undefined) expect(reverse).toContain(`${reverseName(address)} ${ttls.a} IN PTR ${name}.`);
    }
  });

  it('knows every name that a certificate must hold', () => {
    expect(siteNames).toEqual(
      expect.arrayContaining(['dual.test', 'registry.test', 'cname-v4only.test', 'lowmtu.test', 'chain-dual.test']),
    );
    expect(siteNames.some((name) => name.endsWith('.'))).toBe(false);
  });
});
