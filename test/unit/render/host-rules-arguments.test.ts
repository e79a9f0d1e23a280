import { expect, test } from 'vitest';
import { parseIpv6Cidr } from '../../../src/net/cidr.js';
import type { HostRulesPlan } from '../../../src/plan/types.js';
import { renderRulesArguments } from '../../../src/render/host-rules-arguments.js';

const host: HostRulesPlan = {
  bridge: 'br-kubeadm-dind',
  nodeCidr: parseIpv6Cidr('fd00:20::/64'),
  chains: { forward: 'DIND64-FWD-kubeadm-dind', postrouting: 'DIND64-NAT-kubeadm-dind' },
  snatAddress: undefined,
  refusedDestinations: [],
  otherBridges: [],
};

test('ip6tables is given the rules as it lists them, what leads to them, and what restores them', () => {
  const { script, args } = renderRulesArguments(
    { host, firewallBackend: 'iptables', rulesBackend: 'legacy' },
    'install',
  );
  expect(script).toBe('host-rules-ip6tables.bash');
  expect(args.slice(0, 5)).toEqual([
    'install',
    'legacy',
    'br-kubeadm-dind',
    'DIND64-FWD-kubeadm-dind',
    'DIND64-NAT-kubeadm-dind',
  ]);
  expect(args[6]).toBe(
    '-A DIND64-NAT-kubeadm-dind -d ff00::/8 -j RETURN\n-A DIND64-NAT-kubeadm-dind -s fd00:20::/64 ! -o br-kubeadm-dind -j MASQUERADE',
  );
  expect(args[7]).toBe('-i br-kubeadm-dind -j DIND64-FWD-kubeadm-dind\n-o br-kubeadm-dind -j DIND64-FWD-kubeadm-dind');
  expect(args[8]).toBe('-s fd00:20::/64 -j DIND64-NAT-kubeadm-dind');
  expect(args[9]).toMatch(/^\*filter\n/);
  expect(args).toHaveLength(10);
});

test('facts without a backend mean nft', () => {
  expect(
    renderRulesArguments({ host, firewallBackend: 'iptables', rulesBackend: 'none' }, 'check').args.slice(0, 2),
  ).toEqual(['check', 'nft']);
});

test('nft is given the whole table', () => {
  const { script, args } = renderRulesArguments({ host, firewallBackend: 'nftables', rulesBackend: 'none' }, 'check');
  expect(script).toBe('host-rules-nftables.bash');
  expect(args).toEqual(['check', 'DIND64-FWD-kubeadm-dind', expect.stringMatching(/^table ip6 [^]*\n\}$/)]);
});
