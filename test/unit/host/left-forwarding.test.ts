import { expect, test } from 'vitest';
import type { ForwardingUsers } from '../../../src/host/forwarding-users.js';
import { judgeForwarding } from '../../../src/host/left-forwarding.js';
import type { SharedChange } from '../../../src/plan/types.js';

const ipv6: SharedChange = { kind: 'ipv6-forwarding', all: false, default: false, interfaces: [] };
const acceptRa: SharedChange = { kind: 'accept-ra', device: 'eth0', value: 1 };
const ipv4: SharedChange = { kind: 'ipv4-forwarding', value: false };
const policies: SharedChange[] = [4, 6].map((family) => ({
  kind: 'forward-policy',
  family: family as 4 | 6,
  policy: 'ACCEPT',
  backend: 'nft',
}));
const nobody: ForwardingUsers = { ipv4: [], ipv6: [] };
const all = (users?: ForwardingUsers): { change: SharedChange; users?: ForwardingUsers }[] =>
  [acceptRa, ipv6, ipv4, ...policies].map((change) => ({
    change,
    ...(users === undefined || !change.kind.endsWith('-forwarding') ? {} : { users }),
  }));

test('nobody has come: nothing is left', () => {
  expect(judgeForwarding(all(nobody), nobody)).toEqual([]);
});

test('who came since keeps forwarding of its family, with what goes with it, and no more', () => {
  expect(judgeForwarding(all(nobody), { ipv4: ['bridge virbr0', 'tun tun0'], ipv6: [] })).toEqual([
    {
      changes: [ipv4, policies[0]],
      text: 'net.ipv4.ip_forward, 0 before; policy of iptables FORWARD, ACCEPT before: left as it is and no longer recorded, because bridge virbr0 and 1 more came since and may need IPv4 forwarding',
    },
  ]);
  expect(judgeForwarding(all(nobody), { ipv4: [], ipv6: ['wireguard wg0'] }).map(({ changes }) => changes)).toEqual([
    [acceptRa, ipv6, policies[1]],
  ]);
});

test('who was there before did without', () => {
  const users = { ipv4: ['bridge virbr0'], ipv6: ['bridge virbr0'] };
  expect(judgeForwarding(all(users), users)).toEqual([]);
});

test('an older record does not say who was there: whoever is, may have come since', () => {
  expect(judgeForwarding(all(), { ipv4: [], ipv6: ['bridge virbr0'] })).toHaveLength(1);
});

test('forwarding that dind64 did not turn on is no matter', () => {
  expect(judgeForwarding([{ change: acceptRa }], { ipv4: [], ipv6: ['bridge virbr0'] })).toEqual([]);
});
