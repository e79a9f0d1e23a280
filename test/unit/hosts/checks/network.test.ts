// Seen to fail: every row, with `failure`, `warning` and `unknown` that answer ok, or with an `ok` that answers failure.
import { expect, test } from 'vitest';
import type { CheckedHost, HostReading } from '../../../../src/hosts/checks/check.js';
import { hostChecks } from '../../../../src/hosts/checks/list.js';
import type { DoctorFinding } from '../../../../src/results/doctor.js';
import { at, config, first, reading, route, second } from '../sample-reading.js';

const { network } = reading;
const withLink = (changes: Partial<HostReading['network']['links'][number]>): CheckedHost =>
  first({ network: { links: network.links.map((link) => (link.name === 'eth1' ? { ...link, ...changes } : link)) } });
const withSysctls = (changes: Partial<HostReading['network']['sysctls']>): CheckedHost =>
  first({ network: { sysctls: { ...network.sysctls, ...changes } } });
const using = (changes: Partial<typeof config>, about = first()): CheckedHost => ({
  ...about,
  config: { ...config, ...changes },
});
const onlyIpv4 = { network: { routes: network.routes.filter(({ family }) => family === 4) } };

const rows: readonly [string, string, DoctorFinding['status'], RegExp, CheckedHost][] = [
  [
    'an interface that is not there',
    'interface',
    'failure',
    /no eth1; there is eth0$/,
    first({ network: { links: network.links.slice(0, 2) } }),
  ],
  ['an interface that is down', 'interface', 'failure', /eth1 is down/, withLink({ up: false })],
  ['an interface without IPv6', 'interface', 'failure', /eth1 has no IPv6/, withLink({ addresses: [] })],
  ['a host without IPv6', 'interface', 'failure', /eth1 has no IPv6/, withSysctls({ ipv6Disabled: true })],
  ['an MTU that is too small', 'interface', 'failure', /1400 bytes.*1500/, withLink({ mtu: 1400 })],
  [
    'an address that is there',
    'interface',
    'ok',
    /^eth1 has fd00:20::2$/,
    withLink({ addresses: [at('fd00:20::2', 64, 'global')] }),
  ],
  ['an address that is not there', 'interface', 'ok', /still to get fd00:20::2/, first()],
  ['no IPv6 route, AAAA off', 'ipv6-route', 'ok', /none is needed/, first(onlyIpv4)],
  [
    'no IPv6 route, AAAA on',
    'ipv6-route',
    'failure',
    /no IPv6 default route/,
    using({ allowAaaaUse: true }, first(onlyIpv4)),
  ],
  [
    'an uplink without an address, AAAA on',
    'ipv6-route',
    'failure',
    /eth1 has no address/,
    using(
      { allowAaaaUse: true },
      first({
        network: { routes: [route('default', 'eth1', 'fe80::1')].map((each) => ({ ...each, family: 6 as const })) },
      }),
    ),
  ],
  ['an advertised route', 'ipv6-route', 'ok', /^by eth0, from router advertisements, with 2001:db8::5$/, first()],
  [
    'no IPv4 route for NAT64',
    'ipv4-route',
    'failure',
    /NAT64 would reach nothing/,
    first({ network: { routes: network.routes.filter(({ family }) => family === 6) } }),
  ],
  ['accept_ra 1', 'accept-ra', 'ok', /^1 on eth0: has to become 2/, first()],
  ['accept_ra 2', 'accept-ra', 'ok', /^2 on eth0$/, withSysctls({ acceptRa: { eth0: 2 } })],
  ['accept_ra 0', 'accept-ra', 'ok', /^0 on eth0: a program reads/, withSysctls({ acceptRa: { eth0: 0 } })],
  [
    'accept_ra 1 on a host that forwards',
    'accept-ra',
    'warning',
    /^1 on eth0, which forwards/,
    withSysctls({ ipv6Forwarding: true }),
  ],
  [
    'accept_ra 1 on an interface that forwards',
    'accept-ra',
    'warning',
    /^1 on eth0, which forwards/,
    withSysctls({ forwardingInterfaces: ['eth0'] }),
  ],
  ['accept_ra that cannot be read', 'accept-ra', 'unknown', /could not be read/, withSysctls({ acceptRa: {} })],
  ['a static route', 'accept-ra', 'ok', /does not matter/, first(onlyIpv4)],
  ['forwarding that is off, on the host of NAT64', 'forwarding', 'ok', /off for IPv6 and IPv4/, first()],
  ['forwarding that is off, on a worker', 'forwarding', 'ok', /off for IPv6: /, second()],
];

test.each(rows)('%s', (_what, id, status, seen, about) => {
  const outcome = hostChecks.find((check) => check.id === id)?.judge(about);
  expect(outcome?.status).toBe(status);
  expect(outcome?.seen).toMatch(seen);
});
