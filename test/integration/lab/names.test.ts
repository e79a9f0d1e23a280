import { describe, expect, it } from 'vitest';
import { servers } from '../../lab/sites.js';
import type { Lab } from '../../lab/types.js';
import { ttls } from '../../lab/zones.js';
import { describeWithLab } from '../../support/lab.js';

interface Answer {
  status: string;
  records: { name: string; ttl: number; type: string; data: string }[];
}

/** What the tables of the DNS64 tests presuppose: name, type, status, data of the answer in order of type and data. */
const table: [name: string, type: 'A' | 'AAAA', status: string, data: string[]][] = [
  ['v4only.test', 'A', 'NOERROR', ['198.51.100.10']],
  ['v4only.test', 'AAAA', 'NOERROR', []],
  ['dual.test', 'A', 'NOERROR', ['198.51.100.11']],
  ['dual.test', 'AAAA', 'NOERROR', ['2001:db8:100::11']],
  ['v6only.test', 'A', 'NOERROR', []],
  ['v6only.test', 'AAAA', 'NOERROR', ['2001:db8:100::12']],
  ['mapped.test', 'AAAA', 'NOERROR', ['::ffff:198.51.100.13']],
  ['mixed.test', 'AAAA', 'NOERROR', ['2001:db8:100::14', '::ffff:198.51.100.14']],
  ['cname-v4only.test', 'A', 'NOERROR', ['198.51.100.10', 'v4only.test.']],
  ['cname-v4only.test', 'AAAA', 'NOERROR', ['v4only.test.']],
  ['cname-dual.test', 'AAAA', 'NOERROR', ['2001:db8:100::11', 'dual.test.']],
  ['chain-v4only.test', 'A', 'NOERROR', ['198.51.100.10', 'chain2-v4only.test.', 'cname-v4only.test.', 'v4only.test.']],
  ['nodata.test', 'A', 'NOERROR', []],
  ['nodata.test', 'AAAA', 'NOERROR', []],
  ['nxdomain.test', 'AAAA', 'NXDOMAIN', []],
  ['cname-nxdomain.test', 'AAAA', 'NXDOMAIN', ['nxdomain.test.']],
  ['servfail.test', 'A', 'SERVFAIL', []],
  ['servfail.test', 'AAAA', 'SERVFAIL', []],
  ['aaaafail.test', 'AAAA', 'SERVFAIL', []],
  ['aaaafail.test', 'A', 'NOERROR', ['198.51.100.15']],
  ['ipv4only.arpa', 'A', 'NOERROR', ['192.0.0.170', '192.0.0.171']],
  ['github.com', 'A', 'NXDOMAIN', []],
];

describeWithLab('integration', 'names', { profile: 'dual' }, (fixture) => {
  for (const resolver of [servers.resolver.ipv4, servers.resolver.ipv6]) {
    for (const transport of ['+notcp', '+tcp']) {
      it(`answer as the DNS table presupposes, by ${resolver} ${transport}`, async () => {
        // A fresh resolver, and the failing AAAA before the A that must still work.
        await fixture.lab.dns.flush();
        for (const [name, type, status, data] of table) {
          const answer = await dig(fixture.lab, [`@${resolver}`, transport, name, type]);
          expect({
            name,
            type,
            status: answer.status,
            data: answer.records.map((record) => record.data).sort(),
          }).toEqual({ name, type, status, data: [...data].sort() });
        }
      });
    }
  }

  describe('of the resolver', () => {
    it('have the TTLs of the zone', async () => {
      await fixture.lab.dns.flush();
      expect((await dig(fixture.lab, ['dual.test', 'A'])).records[0]?.ttl).toBe(ttls.a);
      expect((await dig(fixture.lab, ['dual.test', 'AAAA'])).records[0]?.ttl).toBe(ttls.aaaa);
    });

    it('come over TCP when they are large', async () => {
      expect((await dig(fixture.lab, ['+notcp', '+ignore', '+bufsize=1232', 'big.test', 'TXT'])).records).toHaveLength(
        0,
      );
      expect((await dig(fixture.lab, ['big.test', 'TXT'])).records).toHaveLength(20);
      expect((await dig(fixture.lab, ['many.test', 'A'])).records).toHaveLength(120);
    });

    it('are known in reverse', async () => {
      for (const [address, name] of [
        ['198.51.100.10', 'v4only.test.'],
        ['192.88.99.11', 'wkpdual.test.'],
        ['203.0.113.130', 'other.test.'],
        ['2001:db8:100::12', 'v6only.test.'],
      ] as const) {
        expect((await dig(fixture.lab, ['-x', address])).records.map((record) => record.data)).toEqual([name]);
      }
    });
  });

  it('are looked up again when a server of theirs never answers', async () => {
    const { exitCode, stdout } = await fixture.lab.exec('host', ['dig', '+tries=1', '+timeout=1', 'silent.test', 'A']);
    expect({ exitCode, timedOut: /timed out|no servers could be reached/.test(stdout) }).toEqual({
      exitCode: 9,
      timedOut: true,
    });
  });
});

async function dig(lab: Lab, words: string[]): Promise<Answer> {
  const { stdout } = await lab.exec('host', [
    'dig',
    '+noall',
    '+comments',
    '+answer',
    '+tries=1',
    '+timeout=4',
    ...words,
  ]);
  const records = stdout
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith(';'))
    .map((line) => {
      const [name = '', ttl = '', , type = '', ...data] = line.split(/\s+/);
      return { name, ttl: Number(ttl), type, data: data.join(' ') };
    });
  return { status: /status: (\w+)/.exec(stdout)?.[1] ?? stdout, records };
}
