import { expect, it } from 'vitest';
import type { ClusterFixture } from '../cluster.js';
import { expectPublished } from '../published-schema.js';

/** Scenario 2: a cluster with AAAA use off, on a host with both families. */
export function testAaaaOff(cluster: ClusterFixture): void {
  it('a dual-stack site is reached as IPv4, through NAT64', async () => {
    const { stdout } = await cluster.pod(
      'curl -sS --max-time 10 http://dual.test/source; getent ahostsv6 dual.test | head -n 1',
    );
    expect(stdout).toContain(`${cluster.lab.hostAddresses.ipv4}\n`);
    expect(stdout).toContain('fd00:10:64:ff9b::c633:640b');
  });

  it('an IPv6-only name resolves natively and has no path, at once', async () => {
    const { stdout } = await cluster.pod(
      'getent ahostsv6 v6only.test | head -n 1; curl -sS --max-time 20 http://v6only.test/ 2>&1; echo "exit $?"',
    );
    expect(stdout).toContain('2001:db8:100::12');
    expect(stdout).toMatch(/No route to host|Network is unreachable|Couldn't connect|Could not connect/i);
    // A refusal that comes while connect() holds its socket takes a second: a busy machine may do that to many now and then, a product without its detour does it to all, always.
    const refusals = async (): Promise<number[]> =>
      (
        await cluster.pod(
          'for i in $(seq 20); do curl -s -o /dev/null --max-time 20 -w "%{time_total}\n" http://v6only.test/ & done; wait',
        )
      ).stdout
        .trim()
        .split('\n')
        .map(Number)
        .sort((one, other) => one - other);
    let times = await refusals();
    for (let round = 2; (times[10] ?? 9) >= 0.8 && round <= 3; round += 1) times = await refusals();
    expect(times).toHaveLength(20);
    expect(times[10]).toBeLessThan(0.8);
    expect(times[19]).toBeLessThan(5);
  });

  it('UDP to an IPv6-only name hears at once that there is no path, and verify finds that as it should be', async () => {
    const { stdout } = await cluster.pod(
      `timeout 4 bash -c 'exec 3<>/dev/udp/v6only.test/7; echo hello >&3; head -n 1 <&3' 2>&1; echo "exit $?"`,
    );
    expect(stdout).toContain('Permission denied');
    expect(stdout).not.toContain('exit 124');
    const { cells } = expectPublished('verify', (await cluster.succeed(['verify', '--json'])).stdout) as {
      cells: { target: string; protocol: string; verdict: string; expected: { result: string } }[];
    };
    const refused = cells.filter(({ protocol, expected }) => protocol === 'udp' && expected.result === 'refused');
    expect(refused.length).toBeGreaterThan(0);
    expect(refused.filter(({ verdict }) => verdict !== 'ok')).toEqual([]);
  });

  it('a check that needs an IPv6-only site ends in an error that names the mode and the remedy', async () => {
    const { exitCode, stderr } = await cluster.dind64(['up'], {
      DIND_ALLOW_AAAA_USE: 'false',
      DIND_CHECK_TARGETS: 'v6only.test',
    });
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/mode.*false/i);
    expect(stderr).toContain('DIND_ALLOW_AAAA_USE');
  });

  it('no node has a way out either', async () => {
    const { exitCode } = await cluster.node('exec 3<>/dev/tcp/2001:db8:100::12/80');
    expect(exitCode).not.toBe(0);
  });

  it('no source that must not leave a host has left it', async () => {
    expect(await cluster.lab.leaks()).toEqual([]);
  });
}
