import { expect, it } from 'vitest';
import { parseAddress, parseIpv4Address } from '../../../src/net/address.js';
import { parseIpv6Cidr } from '../../../src/net/cidr.js';
import { embedIpv4 } from '../../../src/net/embed.js';
import { switchDns64Mode } from '../../../src/cluster/helpers/dns64.js';
import { servers, sites } from '../../lab/sites.js';
import { reverseName, ttls } from '../../lab/zones.js';
import { describeWithLab } from '../../support/lab.js';
import { ask, dataOf, type AskOptions } from './ask.js';
import { engineChoice, useHelpers } from './cluster.js';

const off = { requested: 'false', aaaa: false, reason: 'test' } as const;
const on = { requested: 'true', aaaa: true, reason: 'test' } as const;

describeWithLab('integration', 'DNS64', { profile: 'dual', engine: engineChoice }, (fixture) => {
  const made = useHelpers(fixture, ['dns64']);
  const prefix = parseIpv6Cidr('fd00:10:64:ff9b::/96');
  const synthesized = (name: string): string => embedIpv4(prefix, parseIpv4Address(sites[name]?.ipv4 ?? ''));
  const native = (name: string): string => sites[name]?.ipv6 ?? '';

  /** README, The two modes: name -> status and AAAA data, per mode. */
  const table: [name: string, off: [string, string[]], on: [string, string[]]][] = [
    ['v4only.test', ['NOERROR', [synthesized('v4only.test')]], ['NOERROR', [synthesized('v4only.test')]]],
    ['dual.test', ['NOERROR', [synthesized('dual.test')]], ['NOERROR', [native('dual.test')]]],
    ['v6only.test', ['NOERROR', [native('v6only.test')]], ['NOERROR', [native('v6only.test')]]],
    ['mapped.test', ['NOERROR', [synthesized('mapped.test')]], ['NOERROR', [synthesized('mapped.test')]]],
    ['mixed.test', ['NOERROR', [synthesized('mixed.test')]], ['NOERROR', [native('mixed.test')]]],
    ['aaaafail.test', ['NOERROR', [synthesized('aaaafail.test')]], ['NOERROR', [synthesized('aaaafail.test')]]],
    ['nodata.test', ['NOERROR', []], ['NOERROR', []]],
    ['nxdomain.test', ['NXDOMAIN', []], ['NXDOMAIN', []]],
    ['servfail.test', ['SERVFAIL', []], ['SERVFAIL', []]],
    ['cname-v4only.test', ['NOERROR', [synthesized('v4only.test')]], ['NOERROR', [synthesized('v4only.test')]]],
    ['cname-dual.test', ['NOERROR', [synthesized('dual.test')]], ['NOERROR', [native('dual.test')]]],
    ['cname-v6only.test', ['NOERROR', [native('v6only.test')]], ['NOERROR', [native('v6only.test')]]],
    ['cname-mapped.test', ['NOERROR', [synthesized('mapped.test')]], ['NOERROR', [synthesized('mapped.test')]]],
    ['cname-mixed.test', ['NOERROR', [synthesized('mixed.test')]], ['NOERROR', [native('mixed.test')]]],
    ['cname-nodata.test', ['NOERROR', []], ['NOERROR', []]],
    ['cname-nxdomain.test', ['NXDOMAIN', []], ['NXDOMAIN', []]],
    ['cname-servfail.test', ['SERVFAIL', []], ['SERVFAIL', []]],
    ['cname-aaaafail.test', ['NOERROR', [synthesized('aaaafail.test')]], ['NOERROR', [synthesized('aaaafail.test')]]],
    ['chain-v4only.test', ['NOERROR', [synthesized('v4only.test')]], ['NOERROR', [synthesized('v4only.test')]]],
    ['chain-dual.test', ['NOERROR', [synthesized('dual.test')]], ['NOERROR', [native('dual.test')]]],
    [
      'ipv4only.arpa',
      ['NOERROR', ['192.0.0.170', '192.0.0.171'].map((text) => embedIpv4(prefix, parseIpv4Address(text)))],
      ['NOERROR', ['192.0.0.170', '192.0.0.171'].map((text) => embedIpv4(prefix, parseIpv4Address(text)))],
    ],
  ];

  const askTable = async (options: AskOptions): Promise<unknown[]> =>
    (
      await ask(
        made.cluster,
        table.map(([name]) => `${name} AAAA`),
        options,
      )
    ).map((answer, index) => [table[index]?.[0], [answer.status, dataOf(answer, 'AAAA')]]);

  for (const mode of [off, on]) {
    it(`answers every line of the table with AAAA use ${mode.aaaa ? 'on' : 'off'}, over UDP and TCP, first and from its cache`, async () => {
      const { engine, plan } = made.cluster;
      await switchDns64Mode(engine, plan, mode);
      const expected = table.map(([name, whenOff, whenOn]) => [name, mode.aaaa ? whenOn : whenOff]);
      expect(await askTable({ tcp: false })).toEqual(expected);
      expect(await askTable({ tcp: false })).toEqual(expected);
      await switchDns64Mode(engine, plan, mode.aaaa ? off : on);
      await switchDns64Mode(engine, plan, mode);
      expect(await askTable({ tcp: true })).toEqual(expected);
      expect(await askTable({ tcp: true, flags: ['+bufsize=4096'] })).toEqual(expected);
    });

    it(`gives a chain of aliases whole and no TTL above the A record's with AAAA use ${mode.aaaa ? 'on' : 'off'}`, async () => {
      const { engine, plan } = made.cluster;
      await switchDns64Mode(engine, plan, mode);
      const [chain, plain] = await ask(made.cluster, ['chain-v4only.test AAAA', 'v4only.test AAAA']);
      expect(chain?.records.map(({ type, data }) => [type, data])).toEqual([
        ['CNAME', 'chain2-v4only.test.'],
        ['CNAME', 'cname-v4only.test.'],
        ['CNAME', 'v4only.test.'],
        ['AAAA', synthesized('v4only.test')],
      ]);
      for (const record of [...(chain?.records ?? []), ...(plain?.records ?? [])].filter(
        ({ type }) => type === 'AAAA',
      )) {
        expect(record.ttl).toBeGreaterThan(ttls.a - 10);
        expect(record.ttl).toBeLessThanOrEqual(ttls.a);
      }
    });

    it(`passes A, PTR and TXT as they are with AAAA use ${mode.aaaa ? 'on' : 'off'}`, async () => {
      await switchDns64Mode(made.cluster.engine, made.cluster.plan, mode);
      const answers = await ask(made.cluster, [
        'dual.test A',
        'ipv4only.arpa A',
        'v6only.test A',
        `${reverseName('198.51.100.10')} PTR`,
        `${reverseName('2001:db8:100::12')} PTR`,
        'nodata.test TXT',
      ]);
      expect(answers.map(({ status, records }) => [status, records.map(({ data }) => data).sort()])).toEqual([
        ['NOERROR', ['198.51.100.11']],
        ['NOERROR', ['192.0.0.170', '192.0.0.171']],
        ['NOERROR', []],
        ['NOERROR', ['v4only.test.']],
        ['NOERROR', ['v6only.test.']],
        ['NOERROR', ['"neither A nor AAAA"']],
      ]);
    });

    it(`gives the IPv4 name for a synthesized address with AAAA use ${mode.aaaa ? 'on' : 'off'}`, async () => {
      await switchDns64Mode(made.cluster.engine, made.cluster.plan, mode);
      const [site, rfc7050] = await ask(made.cluster, [
        `${reverseName(synthesized('v4only.test'))} PTR`,
        `${reverseName(embedIpv4(prefix, parseIpv4Address('192.0.0.170')))} PTR`,
      ]);
      expect(dataOf(site, 'PTR')).toEqual(['v4only.test.']);
      expect(dataOf(rfc7050, 'PTR')).toEqual(['ipv4only.arpa.']);
    });
  }

  it('carries answers that are too large for UDP over TCP, synthesized ones too', async () => {
    await switchDns64Mode(made.cluster.engine, made.cluster.plan, off);
    const [many, big] = await ask(made.cluster, ['many.test AAAA', 'big.test TXT']);
    expect(dataOf(many, 'AAAA')).toHaveLength(120);
    expect(dataOf(big, 'TXT')).toHaveLength(20);
    const [cut] = await ask(made.cluster, ['many.test AAAA'], { flags: ['+ignore'] });
    expect(dataOf(cut, 'AAAA').length).toBeLessThan(120);
  });

  it('switches in well under a second and leaves no stale answer', async () => {
    const { engine, plan } = made.cluster;
    await switchDns64Mode(engine, plan, off);
    for (const mode of [on, off, on, off]) {
      await ask(made.cluster, ['dual.test AAAA', 'mixed.test AAAA']);
      const start = performance.now();
      expect(await switchDns64Mode(engine, plan, mode)).toBe(true);
      const took = performance.now() - start;
      const [dual, mixed] = await ask(made.cluster, ['dual.test AAAA', 'mixed.test AAAA']);
      expect([dataOf(dual, 'AAAA'), dataOf(mixed, 'AAAA')]).toEqual([
        [mode.aaaa ? native('dual.test') : synthesized('dual.test')],
        [mode.aaaa ? native('mixed.test') : synthesized('mixed.test')],
      ]);
      expect(took).toBeLessThan(1_000);
    }
    expect(await switchDns64Mode(engine, plan, off)).toBe(false);
  });

  it.each([
    ['asked for before their aliases', false],
    ['asked for after their aliases', true],
  ])('never uses the AAAA of names in DIND_DNS64_NAT64_ZONES, those below them included, %s', async (_, reversed) => {
    const { engine, plan } = made.cluster;
    const nat64Zones = ['dual.test', 'v6only.test', 'chain-dual.test', 'cname-mixed.test'];
    await switchDns64Mode(engine, { ...plan, dns64: { ...plan.dns64, nat64Zones } }, on);
    const expected = [
      ['dual.test AAAA', [synthesized('dual.test')]],
      ['mixed.test AAAA', [native('mixed.test')]],
      ['v6only.test AAAA', [native('v6only.test')]],
      // The name that is asked for decides, whatever it is an alias of, and whatever is known of that one.
      ['cname-dual.test AAAA', [native('dual.test')]],
      ['chain-dual.test AAAA', [synthesized('dual.test')]],
      ['cname-mixed.test AAAA', [synthesized('mixed.test')]],
    ] as const;
    const questions = expected.map(([question]) => question);
    const order = reversed ? [...questions].reverse() : questions;
    const answers = await ask(made.cluster, [...order, ...order]);
    const seen = answers.map((answer, index) => [order[index % order.length], dataOf(answer, 'AAAA')]);
    const wanted = order.map((question) => expected.find(([one]) => one === question));
    expect(seen).toEqual([...wanted, ...wanted]);
    await switchDns64Mode(engine, plan, off);
  });

  it('synthesizes with the well-known prefix and turns its addresses into names', async () => {
    const { engine, plan } = made.cluster;
    const wellKnown = parseIpv6Cidr('64:ff9b::/96');
    await switchDns64Mode(engine, { ...plan, nat64: { ...plan.nat64, prefix: wellKnown } }, off);
    const address = embedIpv4(wellKnown, parseIpv4Address(sites['wkp.test']?.ipv4 ?? ''));
    const [site, pointer, rfc7050] = await ask(made.cluster, [
      'wkp.test AAAA',
      `${reverseName(address)} PTR`,
      'ipv4only.arpa AAAA',
    ]);
    expect(dataOf(site, 'AAAA')).toEqual([address]);
    expect(dataOf(pointer, 'PTR')).toEqual(['wkp.test.']);
    expect(dataOf(rfc7050, 'AAAA')).toEqual(['64:ff9b::c000:aa', '64:ff9b::c000:ab']);
    await switchDns64Mode(engine, plan, off);
  });

  it('asks the upstreams of DIND_DNS64_UPSTREAMS, of either family', async () => {
    const { engine, plan } = made.cluster;
    for (const upstream of [servers.resolver.ipv4, servers.resolver.ipv6].map(parseAddress)) {
      await switchDns64Mode(engine, { ...plan, dns64: { ...plan.dns64, upstreams: [upstream] } }, on);
      const [dual] = await ask(made.cluster, ['dual.test AAAA']);
      expect([upstream, dataOf(dual, 'AAAA')]).toEqual([upstream, [native('dual.test')]]);
    }
    await switchDns64Mode(engine, plan, off);
  });

  for (const mode of [off, on]) {
    it(`fails within 1 s when the upstream refuses, within 5 s when it is silent, and is back within 5 s, with AAAA use ${mode.aaaa ? 'on' : 'off'}`, async () => {
      const { lab } = fixture;
      await switchDns64Mode(made.cluster.engine, made.cluster.plan, mode);
      const timed = async (name: string): Promise<[string | undefined, number]> => {
        const start = performance.now();
        const [answer] = await ask(made.cluster, [`${name} AAAA`]);
        return [answer?.status, performance.now() - start];
      };
      const backWithin = async (name: string, limitMs: number): Promise<void> => {
        const start = performance.now();
        while ((await timed(name))[0] !== 'NOERROR') expect(performance.now() - start).toBeLessThan(limitMs);
      };
      await lab.dns.stop();
      try {
        const [refused, refusedMs] = await timed('dual.test');
        expect(refused).toBe('SERVFAIL');
        expect(refusedMs).toBeLessThan(1_000);
        const [offline] = await ask(made.cluster, ['ipv4only.arpa AAAA']);
        expect(dataOf(offline, 'AAAA')).toHaveLength(2);
      } finally {
        await lab.dns.start();
      }
      await backWithin('dual.test', 5_000);

      await lab.dns.silence.on();
      try {
        const [silent, silentMs] = await timed('v4only.test');
        expect(silent).toBe('SERVFAIL');
        expect(silentMs).toBeLessThan(5_000);
      } finally {
        await lab.dns.silence.off();
      }
      const [other, otherMs] = await timed('mixed.test');
      expect([other, otherMs < 5_000]).toEqual(['NOERROR', true]);
      await backWithin('v4only.test', 5_500);
    });
  }
});
