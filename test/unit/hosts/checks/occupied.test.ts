// Seen to fail: every row, with `failure`, `warning` and `unknown` that answer ok, or with an `ok` that answers failure.
import { expect, test } from 'vitest';
import type { CheckedHost, HostReading } from '../../../../src/hosts/checks/check.js';
import { hostChecks } from '../../../../src/hosts/checks/list.js';
import type { DoctorFinding } from '../../../../src/results/doctor.js';
import { first, reading, route, second } from '../sample-reading.js';

const { network } = reading;
const withRoute = (...added: HostReading['network']['routes']): CheckedHost =>
  first({ network: { routes: [...network.routes, ...added] } });

const rows: readonly [string, string, DoctorFinding['status'], RegExp, CheckedHost][] = [
  [
    'a foreign IPv6 network',
    'networks',
    'failure',
    /pod_net\.cidr fd00:40::\/72 overlaps fd00:40:0:0:9::\/80, a route of the host via eth0/,
    withRoute(route('fd00:40:0:0:9::/80', 'eth0')),
  ],
  [
    'the node network on another interface',
    'networks',
    'failure',
    /mgmt_net\.cidr/,
    withRoute(route('fd00:20::/64', 'eth0')),
  ],
  ['the node network where it belongs', 'networks', 'ok', /^free/, withRoute(route('fd00:20::/64', 'eth1'))],
  ['the routes of dind64', 'networks', 'ok', /^free/, withRoute(route('fd00:10::/64', 'dind64-support'))],
  ['a VPN around it', 'networks', 'warning', /lies in fd00::\/8/, withRoute(route('fd00::/8', 'wg0'))],
  [
    "Docker's network, on the host of NAT64",
    'networks',
    'failure',
    /support_net\.v4cidr 172\.18\.0\.0\/16/,
    withRoute(route('172.18.0.0/16', 'br-1')),
  ],
  [
    "Docker's network, on a worker",
    'networks',
    'ok',
    /^free/,
    second({ network: { routes: [...network.routes, route('172.18.0.0/16', 'br-1')] } }),
  ],
  ["a worker with an API's port in use", 'ports', 'ok', /^free$/, second({ network: { takenPorts: [6443] } })],
  [
    "a control plane with the API's port in use",
    'ports',
    'failure',
    /listens on 6443/,
    first({ network: { takenPorts: [6443] } }),
  ],
  [
    'ports of a node that is one',
    'ports',
    'unknown',
    /a node already/,
    first({ network: { takenPorts: [6443] }, system: { nodeFiles: ['/etc/kubernetes/admin.conf'] } }),
  ],
];

test.each(rows)('%s', (_what, id, status, seen, about) => {
  const outcome = hostChecks.find((check) => check.id === id)?.judge(about);
  expect(outcome?.status).toBe(status);
  expect(outcome?.seen).toMatch(seen);
});
