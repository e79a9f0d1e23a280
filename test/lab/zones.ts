import ipaddr from 'ipaddr.js';
import { badPlaces, servers, sites, uplink } from './sites.js';

/** Distinct, so that a test can tell which TTL an answer got: RFC 6147 5.1.7 wants the smallest. */
export const ttls = { a: 60, aaaa: 300, cname: 600, negative: 120 } as const;

interface ZoneRecord {
  owner: string;
  ttl: number;
  type: string;
  data: string;
}

/** All zones of the lab's internet, root included: file name -> text (RFC 1035 master files). */
export function renderZones(): Record<string, { zone: string; text: string }> {
  const reverse = reverseRecords();
  const zones: [string, ZoneRecord[]][] = [
    ['.', [...delegations(['test.', ...reverseZones]), ...rootRecords]],
    ['test.', [...hostRecords(), ...oddRecords, { owner: signedZone, ttl: 3600, type: 'NS', data: nameServer }]],
    [signedZone, signedRecords],
    ...reverseZones.map((zone): [string, ZoneRecord[]] => [
      zone,
      reverse.filter(({ owner }) => owner.endsWith(`.${zone}`)),
    ]),
  ];
  return Object.fromEntries(
    zones.map(([zone, records]) => [
      `${zone === '.' ? 'root' : zone.slice(0, -1)}.zone`,
      { zone, text: renderZone(zone, records) },
    ]),
  );
}

/** Hints that lead a recursive resolver to the lab's root. */
export function renderRootHints(): string {
  return [
    `. 3600000 NS ${nameServer}`,
    `${nameServer} 3600000 A ${servers.authority.ipv4}`,
    `${nameServer} 3600000 AAAA ${servers.authority.ipv6}`,
    '',
  ].join('\n');
}

/** Signed by the authority (configs.ts), without a DS record in its parent: validators are given its key. */
export const signedZone = 'signed.test.';

/** 255 bytes on the wire, as long as a name can be. */
export const longestName = `${'a'.repeat(63)}.${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(56)}.test`;

export const reverseZones = [
  '100.51.198.in-addr.arpa.',
  '113.0.203.in-addr.arpa.',
  '99.88.192.in-addr.arpa.',
  '8.b.d.0.1.0.0.2.ip6.arpa.',
];

const nameServer = 'ns.test.';
const brokenServer = 'ns-broken.test.';

const rootRecords: ZoneRecord[] = [
  // RFC 7050: what a node asks to find the NAT64 prefix.
  { owner: 'ipv4only.arpa.', ttl: ttls.a, type: 'A', data: '192.0.0.170' },
  { owner: 'ipv4only.arpa.', ttl: ttls.a, type: 'A', data: '192.0.0.171' },
];

function hostRecords(): ZoneRecord[] {
  const named = [...Object.entries(sites), ...Object.entries(badPlaces)].filter(([name]) => name !== 'aaaafail.test');
  return [
    ...named.flatMap(([name, place]) => addressRecords(`${name}.`, place)),
    ...addressRecords(nameServer, servers.authority),
    ...addressRecords(brokenServer, servers.brokenAuthority),
    ...addressRecords('resolver.test.', servers.resolver),
    ...addressRecords('router.test.', uplink.router),
  ];
}

function addressRecords(owner: string, place: { ipv4?: string; ipv6?: string }): ZoneRecord[] {
  return [
    ...(place.ipv4 === undefined ? [] : [{ owner, ttl: ttls.a, type: 'A', data: place.ipv4 }]),
    ...(place.ipv6 === undefined ? [] : [{ owner, ttl: ttls.aaaa, type: 'AAAA', data: place.ipv6 }]),
  ];
}

const cname = (owner: string, target: string): ZoneRecord => ({
  owner: `${owner}.test.`,
  ttl: ttls.cname,
  type: 'CNAME',
  data: `${target}.test.`,
});
const address = (owner: string, type: 'A' | 'AAAA', data: string): ZoneRecord => ({
  owner: `${owner}.test.`,
  ttl: type === 'A' ? ttls.a : ttls.aaaa,
  type,
  data,
});

const oddRecords: ZoneRecord[] = [
  address('mapped', 'AAAA', '::ffff:198.51.100.13'),
  address('mixed', 'AAAA', '::ffff:198.51.100.14'),
  ...['v4only', 'dual', 'v6only', 'mapped', 'mixed', 'nodata', 'nxdomain', 'servfail', 'aaaafail'].map((kind) =>
    cname(`cname-${kind}`, kind),
  ),
  cname('cname', 'dual'),
  cname('chain-v4only', 'chain2-v4only'),
  cname('chain2-v4only', 'cname-v4only'),
  cname('chain-dual', 'chain2-dual'),
  cname('chain2-dual', 'cname-dual'),
  // RFC 9460 7.3: addresses beside A and AAAA.
  {
    owner: 'hints.test.',
    ttl: ttls.a,
    type: 'HTTPS',
    data: `1 dual.test. alpn=h2 ipv4hint=${sites['dual.test']?.ipv4} ipv6hint=${sites['dual.test']?.ipv6}`,
  },
  { owner: 'nodata.test.', ttl: ttls.a, type: 'TXT', data: '"neither A nor AAAA"' },
  address('lowmtu', 'A', '198.51.100.128'),
  address('lowmtu', 'AAAA', '2001:db8:100::1280'),
  address('v4lowmtu1280', 'A', '198.51.100.128'),
  address('v4lowmtu1400', 'A', '198.51.100.140'),
  // Larger than any EDNS buffer in use: the answer has to come over TCP.
  ...Array.from({ length: 20 }, (_, index): ZoneRecord => ({
    owner: 'big.test.',
    ttl: ttls.a,
    type: 'TXT',
    data: `"${String(index).padStart(3, '0')}${'x'.repeat(240)}"`,
  })),
  { owner: `${longestName}.`, ttl: ttls.a, type: 'A', data: '198.51.100.10' },
  // Eight aliases one after the other.
  ...Array.from({ length: 8 }, (_, index) => cname(`alias${8 - index}`, index === 7 ? 'v4only' : `alias${7 - index}`)),
  ...Array.from({ length: 120 }, (_, index) => address('many', 'A', `198.18.250.${index + 1}`)),
  ...['servfail', 'aaaafail', 'silent', 'slow'].map((zone): ZoneRecord => ({
    owner: `${zone}.test.`,
    ttl: 3600,
    type: 'NS',
    data: brokenServer,
  })),
];

const signedRecords: ZoneRecord[] = [
  { owner: `v4only.${signedZone}`, ttl: ttls.a, type: 'A', data: '198.51.100.10' },
  { owner: `dual.${signedZone}`, ttl: ttls.a, type: 'A', data: '198.51.100.11' },
  { owner: `dual.${signedZone}`, ttl: ttls.aaaa, type: 'AAAA', data: '2001:db8:100::11' },
];

/** Every name with a site behind it: addresses and aliases. */
export const siteNames = [
  ...new Set([
    ...Object.keys(sites),
    ...oddRecords.filter(({ type }) => ['A', 'AAAA', 'CNAME'].includes(type)).map(({ owner }) => owner.slice(0, -1)),
  ]),
];

/** Aliases that lead to a site, one step each, the nearest to the site first. */
export const siteAliases: readonly [alias: string, target: string][] = oddRecords
  .filter(({ type, data }) => type === 'CNAME' && siteNames.includes(data.slice(0, -1)))
  .map(({ owner, data }): [string, string] => [owner.slice(0, -1), data.slice(0, -1)])
  .filter(([, target]) => !/nodata|nxdomain|servfail|aaaafail/.test(target));

/** Each address of every site, those in `oddRecords` included. */
export function localNames(): [name: string, address: string][] {
  return [...hostRecords(), ...oddRecords]
    .filter(({ owner, type }) => (type === 'A' || type === 'AAAA') && sites[owner.slice(0, -1)] !== undefined)
    .map(({ owner, data }) => [owner.slice(0, -1), data]);
}

function delegations(zones: string[]): ZoneRecord[] {
  return [
    ...zones.map((owner) => ({ owner, ttl: 3600, type: 'NS', data: nameServer })),
    { owner: nameServer, ttl: 3600, type: 'A', data: servers.authority.ipv4 },
    { owner: nameServer, ttl: 3600, type: 'AAAA', data: servers.authority.ipv6 },
  ];
}

function reverseRecords(): ZoneRecord[] {
  const places: [string, { ipv4?: string; ipv6?: string }][] = [
    ...Object.entries(sites),
    ...Object.entries(badPlaces),
    ['ns.test', servers.authority],
    ['ns-broken.test', servers.brokenAuthority],
    ['resolver.test', servers.resolver],
    ['router.test', uplink.router],
    ['engine-host.test', uplink.host],
  ];
  return places.flatMap(([name, { ipv4, ipv6 }]) =>
    [ipv4, ipv6]
      .filter((text) => text !== undefined)
      .map((text) => ({ owner: reverseName(text), ttl: ttls.a, type: 'PTR', data: `${name}.` })),
  );
}

/** `4.3.2.1.in-addr.arpa.` or the nibble form below ip6.arpa. */
export function reverseName(text: string): string {
  const parsed = ipaddr.parse(text);
  if (parsed.kind() === 'ipv4') return `${parsed.toByteArray().reverse().join('.')}.in-addr.arpa.`;
  const nibbles = parsed
    .toByteArray()
    .flatMap((byte) => [byte >> 4, byte & 15])
    .reverse();
  return `${nibbles.map((nibble) => nibble.toString(16)).join('.')}.ip6.arpa.`;
}

function renderZone(zone: string, records: ZoneRecord[]): string {
  const start: ZoneRecord[] = [
    { owner: zone, ttl: 3600, type: 'SOA', data: `${nameServer} hostmaster.test. 1 3600 600 86400 ${ttls.negative}` },
    { owner: zone, ttl: 3600, type: 'NS', data: nameServer },
  ];
  return (
    [...start, ...records].map(({ owner, ttl, type, data }) => `${owner} ${ttl} IN ${type} ${data}`).join('\n') + '\n'
  );
}
