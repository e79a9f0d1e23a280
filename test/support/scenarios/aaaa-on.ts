import { describe, expect, it } from 'vitest';
import type { ClusterFixture } from '../cluster.js';

/** Scenario 1: a cluster with AAAA use on, on a host with both families. */
export function testAaaaOn(cluster: ClusterFixture): void {
  const paths = [
    { name: 'v4only.test', family: 'IPv4', source: () => cluster.lab.hostAddresses.ipv4 },
    { name: 'dual.test', family: 'IPv6', source: () => cluster.lab.hostAddresses.ipv6 },
    { name: 'v6only.test', family: 'IPv6', source: () => cluster.lab.hostAddresses.ipv6 },
  ];

  describe.each(paths)('a pod reaches $name by $family', ({ name, source }) => {
    it('by HTTP and HTTPS, and the site sees the engine host', async () => {
      expect(
        (
          await cluster.pod(
            `curl -sS --max-time 10 http://${name}/source; curl -sSk --max-time 10 https://${name}/source`,
          )
        ).stdout
          .trim()
          .split('\n'),
      ).toEqual([source(), source()]);
    });

    it('with 10 MB over TCP, both ways', async () => {
      expect((await cluster.pod(`curl -sS --max-time 60 http://${name}/10mb.bin | wc -c`)).stdout.trim()).toBe(
        '10485760',
      );
      expect(
        (
          await cluster.pod(
            `head -c 10485760 /dev/zero | curl -sS --max-time 60 --data-binary @- http://${name}/upload`,
          )
        ).stdout,
      ).toContain('received 10485760');
    });

    it('by UDP and ping', async () => {
      const udp = `exec 3<>/dev/udp/${name}/7; echo hello >&3; timeout 5 head -n 1 <&3`;
      expect((await cluster.pod(udp)).stdout).toBe('hello\n');
      expect((await cluster.pod(`ping -c 2 -W 5 ${name}`)).stdout).toContain('2 received');
    });
  });

  it('no node and no pod has an IPv4 address but loopback’s', async () => {
    for (const look of [
      cluster.pod('ip -4 -o addr'),
      cluster.node('ip -4 -o addr'),
      cluster.node('ip -4 -o addr', cluster.nodes.controlPlane),
    ]) {
      expect(
        (await look).stdout
          .trim()
          .split('\n')
          .filter((line) => !line.includes(' lo ')),
      ).toEqual([]);
    }
  });

  it('no source that must not leave a host has left it', async () => {
    expect(await cluster.lab.leaks()).toEqual([]);
  });
}
