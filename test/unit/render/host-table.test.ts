import { expect, test } from 'vitest';
import { parseIpv6Address } from '../../../src/net/address.js';
import { parseIpv6Cidr } from '../../../src/net/cidr.js';
import { renderHostTable } from '../../../src/render/host-table.js';
import type { HostRulesPlan } from '../../../src/plan/types.js';

const host: HostRulesPlan = {
  bridge: 'br-kubeadm-dind',
  egressBridge: 'br-eg-6ff0d9fbc',
  nodeCidr: parseIpv6Cidr('fd00:20::/64'),
  table: 'DIND64-HOST-kubeadm-dind',
  gateway: parseIpv6Address('fd00:20::400'),
  snatAddress: undefined,
  refusedDestinations: ['fd00:ec2::254/128', 'fd20:ce::254/128'].map(parseIpv6Cidr),
};

test('with AAAA use: what is masqueraded may be routed, and replies to what came in', () => {
  expect(renderHostTable(host, { aaaa: true })).toBe(`table ip6 DIND64-HOST-kubeadm-dind {
	chain prerouting {
		type filter hook prerouting priority mangle + 10; policy accept;
		iifname "br-kubeadm-dind" ct direction reply meta mark set meta mark | 0x00001000
		iifname "br-eg-6ff0d9fbc" ct state established,related,new meta mark set meta mark | 0x00001000
		iifname "br-kubeadm-dind" ip6 saddr fd00:20::/64 ct state established,related,new meta mark set meta mark | 0x00001000
	}

	chain input {
		type filter hook input priority filter - 5; policy accept;
		iifname "br-kubeadm-dind" ip6 saddr != fd00:20::/64 ip6 saddr != fe80::/10 ip6 saddr != :: drop
	}

	chain forward {
		type filter hook forward priority filter - 5; policy accept;
		iifname "br-kubeadm-dind" oifname != "br-kubeadm-dind" ip6 daddr fd00:ec2::254 reject with icmpv6 admin-prohibited
		iifname "br-kubeadm-dind" oifname != "br-kubeadm-dind" ip6 daddr fd20:ce::254 reject with icmpv6 admin-prohibited
	}

	chain postrouting {
		type nat hook postrouting priority srcnat; policy accept;
		ip6 daddr ff00::/8 return
		oifname != "br-kubeadm-dind" ip6 saddr fd00:20::/64 masquerade
		iifname "br-eg-6ff0d9fbc" oifname != "br-eg-6ff0d9fbc" masquerade
	}

	chain untranslated {
		type filter hook postrouting priority srcnat + 10; policy accept;
		oifname != "br-kubeadm-dind" ip6 saddr fd00:20::/64 ct direction original drop
		iifname "br-eg-6ff0d9fbc" oifname != "br-eg-6ff0d9fbc" ct direction original ct status ! snat drop
	}
}
table ip DIND64-HOST-kubeadm-dind {
	chain postrouting {
		type nat hook postrouting priority srcnat; policy accept;
		iifname "br-eg-6ff0d9fbc" oifname != "br-eg-6ff0d9fbc" masquerade
	}

	chain untranslated {
		type filter hook postrouting priority srcnat + 10; policy accept;
		iifname "br-eg-6ff0d9fbc" oifname != "br-eg-6ff0d9fbc" ct direction original ct status ! snat drop
	}
}
`);
});

test('without: replies, and what the helpers send', () => {
  const marks = renderHostTable(host, { aaaa: false })
    .split('\n')
    .filter((line) => line.includes('meta mark'));
  expect(marks).toEqual([
    '\t\tiifname "br-kubeadm-dind" ct direction reply meta mark set meta mark | 0x00001000',
    '\t\tiifname "br-eg-6ff0d9fbc" ct state established,related,new meta mark set meta mark | 0x00001000',
  ]);
});

test("an address of the host's instead of masquerade", () => {
  expect(renderHostTable({ ...host, snatAddress: parseIpv6Address('2001:db8::5') }, { aaaa: true })).toContain(
    '\t\toifname != "br-kubeadm-dind" ip6 saddr fd00:20::/64 snat to 2001:db8::5\n',
  );
});
