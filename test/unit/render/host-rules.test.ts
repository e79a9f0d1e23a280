import { describe, expect, test } from 'vitest';
import { parseIpv6Address } from '../../../src/net/address.js';
import { parseIpv6Cidr } from '../../../src/net/cidr.js';
import { renderJumps, renderNftTable, renderRestore } from '../../../src/render/host-rules.js';
import type { HostRulesPlan } from '../../../src/plan/types.js';

const host: HostRulesPlan = {
  bridge: 'br-kubeadm-dind',
  nodeCidr: parseIpv6Cidr('fd00:20::/64'),
  chains: { forward: 'DIND64-FWD-kubeadm-dind', postrouting: 'DIND64-NAT-kubeadm-dind' },
  snatAddress: undefined,
  refusedDestinations: ['fd00:ec2::254/128', 'fd20:ce::254/128'].map(parseIpv6Cidr),
  otherBridges: ['br-0123456789ab', 'docker0', 'mybridge', 'br-kubeadm-dind'],
};

test('own chains, replaced whole; bridges that the wildcards do not cover are named', () => {
  expect(renderRestore(host)).toBe(`*filter
:DIND64-FWD-kubeadm-dind - [0:0]
-A DIND64-FWD-kubeadm-dind -i br-kubeadm-dind -o br-kubeadm-dind -j RETURN
-A DIND64-FWD-kubeadm-dind -d fd00:ec2::254/128 -i br-kubeadm-dind -j REJECT --reject-with icmp6-adm-prohibited
-A DIND64-FWD-kubeadm-dind -d fd20:ce::254/128 -i br-kubeadm-dind -j REJECT --reject-with icmp6-adm-prohibited
-A DIND64-FWD-kubeadm-dind -i br-kubeadm-dind -o br-+ -j RETURN
-A DIND64-FWD-kubeadm-dind -i br-kubeadm-dind -o docker+ -j RETURN
-A DIND64-FWD-kubeadm-dind -i br-kubeadm-dind -o mybridge -j RETURN
-A DIND64-FWD-kubeadm-dind -i br-kubeadm-dind -m conntrack --ctstate INVALID -j DROP
-A DIND64-FWD-kubeadm-dind -s fd00:20::/64 -i br-kubeadm-dind -j ACCEPT
-A DIND64-FWD-kubeadm-dind -i br-kubeadm-dind -j DROP
-A DIND64-FWD-kubeadm-dind -d fd00:20::/64 -o br-kubeadm-dind -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
COMMIT
*nat
:DIND64-NAT-kubeadm-dind - [0:0]
-A DIND64-NAT-kubeadm-dind -d ff00::/8 -j RETURN
-A DIND64-NAT-kubeadm-dind -s fd00:20::/64 ! -o br-kubeadm-dind -j MASQUERADE
COMMIT
`);
});

test("what leads into the chains matches the cluster's own traffic only", () => {
  expect(renderJumps(host)).toEqual({
    filter: ['-i br-kubeadm-dind -j DIND64-FWD-kubeadm-dind', '-o br-kubeadm-dind -j DIND64-FWD-kubeadm-dind'],
    nat: ['-s fd00:20::/64 -j DIND64-NAT-kubeadm-dind'],
  });
});

describe("an address of the host's instead of masquerade", () => {
  const withAddress = { ...host, snatAddress: parseIpv6Address('2001:db8::5') };

  test('ip6tables', () => {
    expect(renderRestore(withAddress)).toContain(
      '-A DIND64-NAT-kubeadm-dind -s fd00:20::/64 ! -o br-kubeadm-dind -j SNAT --to-source 2001:db8::5\n',
    );
  });

  test('nft', () => {
    expect(renderNftTable(withAddress)).toContain(
      '\t\toifname != "br-kubeadm-dind" ip6 saddr fd00:20::/64 snat to 2001:db8::5\n',
    );
  });
});

test('a table of our own for the nftables backend', () => {
  expect(renderNftTable(host)).toBe(`table ip6 DIND64-FWD-kubeadm-dind {
	chain forward {
		type filter hook forward priority filter - 5; policy accept;
		iifname "br-kubeadm-dind" ip6 daddr fd00:ec2::254 reject with icmpv6 admin-prohibited
		iifname "br-kubeadm-dind" ip6 daddr fd20:ce::254 reject with icmpv6 admin-prohibited
		iifname "br-kubeadm-dind" oifname != "br-kubeadm-dind" ct state invalid drop
	}

	chain postrouting {
		type nat hook postrouting priority srcnat; policy accept;
		ip6 daddr ff00::/8 return
		oifname != "br-kubeadm-dind" ip6 saddr fd00:20::/64 masquerade
	}
}
`);
});
