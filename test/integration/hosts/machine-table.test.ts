import { expect, it } from 'vitest';
import { readHostsConfig } from '../../../src/hosts/config.js';
import { exampleHostsFile } from '../../../src/hosts/example.js';
import { planHosts } from '../../../src/hosts/plan.js';
import { parseIpv6Address } from '../../../src/net/address.js';
import { describeWithLab } from '../../support/lab.js';

/**
 * The packet rules of a plan, on the lab's host with a network namespace as a pod: not a cluster. Seen to fail: without the masquerade (the pod's curl
 * ends with 28 with AAAA use); without the `snat` (NAT64's host sees the pod's address); without the forward chain's `return` for other sources (the
 * neighbour is refused); without the refusals (curl ends with 28 without AAAA use).
 */
describeWithLab('integration', 'packet rules of a whole machine', { profile: 'dual' }, (fixture) => {
  const tableOf = (allowAaaaUse: boolean): string => {
    const file = exampleHostsFile.replace('allow_aaaa_use: false', `allow_aaaa_use: ${allowAaaaUse}`);
    const second = planHosts(readHostsConfig('config.yaml', file)).hosts.find(({ name }) => name === 'second');
    return second?.files.find(({ path }) => path.endsWith('hosts.nft'))?.content ?? '';
  };
  const asPod = async (allowAaaaUse: boolean): Promise<Record<string, string>> => {
    const { exitCode, stdout, stderr } = await fixture.lab.exec('host', [
      'bash',
      '-c',
      script,
      'bash',
      tableOf(allowAaaaUse),
    ]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const seen = Object.fromEntries(
      stdout
        .trim()
        .split('\n')
        .map((line) => line.split('=') as [string, string]),
    );
    // socat tells all digits of it, in brackets.
    return { ...seen, atNat64: parseIpv6Address((seen['atNat64'] ?? '').replace(/[[\]]/g, '')) };
  };

  it('with AAAA use a pod reaches an IPv6 site by the address of the host', async () => {
    const { host, pod, neighbour, atNat64 } = await asPod(true);
    expect(host).toMatch(/^2001:db8:/);
    expect({ pod, neighbour, atNat64 }).toEqual({ pod: host, neighbour: 'forwarded', atNat64: 'fd00:20::3' });
  });

  it('without it a pod is refused there, others are not, and NAT64 is reached by the node address', async () => {
    const { host, pod, neighbour, atNat64 } = await asPod(false);
    expect(host).toMatch(/^2001:db8:/);
    expect({ pod, neighbour, atNat64 }).toEqual({ pod: 'curl 7', neighbour: 'forwarded', atNat64: 'fd00:20::3' });
  });
});

/**
 * $1: the table. Makes a pod (fd00:40:0:0:3::9), a neighbour whose packets the host forwards as well (fd00:99::9), and the host of NAT64 (fd00:20::2),
 * each a network namespace; prints who is seen where, and removes all again.
 */
const script = String.raw`set -eu
site='http://[2001:db8:100::11]/source'
uplink=$(ip -6 route show default | sed -n 's/.* dev \([^ ]*\).*/\1/p' | head -n 1)
trap 'kill $(jobs -p); nft delete table ip6 dind64_hosts' EXIT
namespace() { # NAME HOST_ADDRESS ITS_ADDRESS LENGTH
  unshare --net sleep 60 >/dev/null & pid=$!
  until [ "$(readlink /proc/$pid/ns/net)" != "$(readlink /proc/self/ns/net)" ]; do sleep 0.02; done
  ip link add "$1" type veth peer name eth0 netns $pid
  ip addr add "$2/$4" dev "$1" nodad
  ip link set "$1" up
  nsenter -t $pid -n sh -c "ip link set lo up; ip link set eth0 up; ip addr add $3/$4 dev eth0 nodad; ip route add default via $2"
}
# As provisioning does: or the kernel forgets the default route that it was advertised.
echo 2 >/proc/sys/net/ipv6/conf/$uplink/accept_ra
echo 1 >/proc/sys/net/ipv6/conf/all/forwarding
namespace pod fd00:40:0:0:3::1 fd00:40:0:0:3::9 80; pod=$pid
namespace other fd00:99::1 fd00:99::9 64; neighbour=$pid
namespace nodes fd00:20::3 fd00:20::2 64; nat64=$pid
ip route add fd00:10:64:ff9b::/96 via fd00:20::2 dev nodes
nsenter -t $nat64 -n ip addr add fd00:10:64:ff9b::c000:201/128 dev lo
# Outside of all that the cluster has.
ip route add fd00:98::/64 via fd00:20::2 dev nodes
nsenter -t $nat64 -n ip addr add fd00:98::1/128 dev lo
nft -f - <<< "$1"
echo "host=$(curl -sS -m 5 "$site")"
# 7: refused. A pod whose packets are lost, or leave with its own address, ends with 28.
echo "pod=$(nsenter -t $pod -n curl -s -m 3 "$site" || echo "curl $?")"
# A service of the node network's that tells who asks.
nsenter -t $nat64 -n socat TCP6-LISTEN:80,fork,reuseaddr SYSTEM:'echo $SOCAT_PEERADDR' 2>/dev/null &
echo "atNat64=$(nsenter -t $pod -n socat -T 3 - TCP6:[fd00:10:64:ff9b::c000:201]:80,retry=60,interval=0.05 </dev/null 2>/dev/null)"
nsenter -t $neighbour -n ping -6 -c 1 -W 3 fd00:98::1 >/dev/null && echo neighbour=forwarded || echo neighbour=refused
`;
