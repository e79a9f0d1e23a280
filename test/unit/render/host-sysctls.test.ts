import { expect, test } from 'vitest';
import { renderSysctlChanges, renderSysctlRestore } from '../../../src/render/host-sysctls.js';
import type { SharedChange } from '../../../src/plan/types.js';

const changes: SharedChange[] = [
  { kind: 'forward-policy', family: 6, policy: 'ACCEPT', backend: 'nft' },
  { kind: 'ipv6-forwarding', all: false, default: false, interfaces: ['virbr0'] },
  { kind: 'accept-ra', device: 'eth0', value: 1 },
  { kind: 'ipv4-forwarding', value: false },
];

test('accept_ra is raised before forwarding is turned on, which only the nftables backend leaves to us', () => {
  expect(calls(renderSysctlChanges(changes, true))).toEqual([
    'write /proc/sys/net/ipv6/conf/eth0/accept_ra 2 1',
    'write /proc/sys/net/ipv6/conf/default/forwarding 1 0',
    'write /proc/sys/net/ipv6/conf/all/forwarding 1 0',
    'write /proc/sys/net/ipv4/ip_forward 1 0',
  ]);
  expect(calls(renderSysctlChanges(changes, false))).toEqual(['write /proc/sys/net/ipv6/conf/eth0/accept_ra 2 1']);
});

test('forwarding goes back before the policy, accept_ra last, and interfaces that forwarded before do so again', () => {
  expect(calls(renderSysctlRestore([...changes].reverse()))).toEqual([
    'write /proc/sys/net/ipv6/conf/all/forwarding 0 1',
    'write /proc/sys/net/ipv6/conf/virbr0/forwarding 1 0',
    'write /proc/sys/net/ipv6/conf/default/forwarding 0 1',
    'write /proc/sys/net/ipv4/ip_forward 0 1',
    'policy ip6tables nft ACCEPT',
    'write /proc/sys/net/ipv6/conf/eth0/accept_ra 1 2',
  ]);
});

test('only `default` had been off', () => {
  expect(calls(renderSysctlRestore([{ kind: 'ipv6-forwarding', all: true, default: false, interfaces: [] }]))).toEqual([
    'write /proc/sys/net/ipv6/conf/default/forwarding 0 1',
  ]);
});

/** Four words are one statement of the script. */
function calls(args: string[]): string[] {
  return args.flatMap((_, index) => (index % 4 === 0 ? [args.slice(index, index + 4).join(' ')] : []));
}
