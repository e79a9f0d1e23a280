import { expect, it } from 'vitest';
import { downloadBytes, ports, sites } from '../../lab/sites.js';
import type { Lab, LabProfile } from '../../lab/types.js';
import { describeWithLab } from '../../support/lab.js';

const profiles: LabProfile[] = ['dual', 'v4only', 'v6only'];

for (const profile of profiles) {
  describeWithLab('integration', 'what the engine host reaches', { profile }, (fixture) => {
    it('is every address of a family it has, seen with its own address, and nothing of the other', async () => {
      const { lab } = fixture;
      await Promise.all(
        Object.entries(sites).flatMap(([name, { ipv4, ipv6 }]) => [
          ...(ipv4 === undefined ? [] : [expectSite(lab, name, ipv4, lab.hostAddresses.ipv4)]),
          ...(ipv6 === undefined ? [] : [expectSite(lab, name, `[${ipv6}]`, lab.hostAddresses.ipv6)]),
        ]),
      );
    });

    it('has a loopback of both families, and a link-local address alone where there is no IPv6', async () => {
      const { stdout } = await fixture.lab.exec('host', ['ip', '-o', 'address', 'show']);
      expect(stdout).toMatch(/lo\s+inet 127\.0\.0\.1\/8/);
      expect(stdout).toMatch(/lo\s+inet6 ::1\/128/);
      expect(/eth0\s+inet /.test(stdout)).toBe(profile !== 'v6only');
      expect(/eth0\s+inet6 .* scope global/.test(stdout)).toBe(profile !== 'v4only');
      expect(stdout).toMatch(/eth0\s+inet6 fe80:/);
    });

    it('answers names over the resolvers of the profile, for programs of this machine too', async () => {
      const { lab } = fixture;
      const name = profile === 'v6only' ? 'v6only.test' : 'v4only.test';
      const source = profile === 'v6only' ? lab.hostAddresses.ipv6 : lab.hostAddresses.ipv4;
      const get = ['curl', '-sS', '-m', '5', `http://${name}/source`];
      expect(await lab.exec('host', get)).toEqual({ exitCode: 0, stdout: `${source}\n`, stderr: '' });
      expect(await lab.host(get)).toEqual({ exitCode: 0, stdout: `${source}\n`, stderr: '' });
    });
  });
}

describeWithLab('integration', 'what a site answers', { profile: 'dual' }, (fixture) => {
  const paths = [
    ['v4only.test', 4],
    ['v6only.test', 6],
    ['lowmtu1280.test', 4],
    ['lowmtu1280.test', 6],
    ['lowmtu1400.test', 4],
    ['lowmtu1400.test', 6],
  ] as const;
  for (const [name, family] of paths) {
    it(`${name} by IPv${family}: HTTPS by the lab's CA, 10 MB both ways, echo and source over TCP and UDP, ping`, async () => {
      const { lab } = fixture;
      const run = async (script: string): Promise<string> => {
        const { exitCode, stdout, stderr } = await lab.exec('host', ['bash', '-o', 'pipefail', '-c', script], {
          timeoutMs: 20_000,
        });
        expect(`${exitCode} ${stderr}`).toBe('0 ');
        return stdout;
      };
      const source = family === 6 ? lab.hostAddresses.ipv6 : lab.hostAddresses.ipv4;
      expect(await run(`curl -${family} -sS --cacert /run/lab/ca/ca.crt https://${name}/`)).toContain(
        `site ${name}\nsource ${source}\n`,
      );
      const sums = await run(
        `curl -${family} -sS http://${name}/10mb.bin | sha256sum; sha256sum </run/lab/state/www/10mb.bin`,
      );
      expect(new Set(sums.trim().split('\n')).size).toBe(1);
      expect(await run(`curl -${family} -sS -T /run/lab/state/www/10mb.bin http://${name}/upload`)).toBe(
        `received ${downloadBytes}\n`,
      );
      const target = `${name}:${ports.echo}`;
      expect(
        await run(
          `head -c 1000000 /run/lab/state/www/10mb.bin | socat -t5 - TCP${family}:${target} | cmp - <(head -c 1000000 /run/lab/state/www/10mb.bin) && echo same`,
        ),
      ).toBe('same\n');
      expect(await run(`echo hello | socat -t1 - UDP${family}:${target}`)).toBe('hello\n');
      // Only the sender fragments IPv6, and the first datagram is how it learns the path's MTU.
      const large = `head -c 4000 /run/lab/state/www/10mb.bin | socat -b8192 -t1 - UDP${family}:${target}`;
      expect(await run(`{ ${large} || :; } >/dev/null 2>&1; ${large} | wc -c`)).toBe('4000\n');
      expect(await run(`echo x | socat -t1 - UDP${family}:${name}:${ports.source} | cut -d' ' -f1`)).toBe(
        `${source}\n`,
      );
      expect(await run(`socat -u TCP${family}:${name}:${ports.source} - | cut -d' ' -f1`)).toBe(`${source}\n`);
      expect(await run(`ping -${family} -c 1 -W 2 ${name}`)).toContain(' 0% packet loss');
    });
  }

  it('is an error of its own kind at each bad place, in both families', async () => {
    const { lab } = fixture;
    const ping = async (family: '-4' | '-6', name: string): Promise<string> =>
      (await lab.exec('host', ['ping', family, '-c', '1', '-W', '1', name])).stdout;
    expect(await ping('-4', 'unreachable.test')).toContain('Destination Host Unreachable');
    expect(await ping('-6', 'unreachable.test')).toContain('Destination unreachable: No route');
    expect(await ping('-4', 'prohibited.test')).toContain('Packet filtered');
    expect(await ping('-6', 'prohibited.test')).toContain('Administratively prohibited');
    for (const family of ['-4', '-6'] as const)
      expect(await ping(family, 'drop.test')).toMatch(
        /^PING [^\n]*\n\n---[^\n]*\n1 packets transmitted, 0 received, 100% packet loss/,
      );
  });

  it('is packet too big where the link is narrow', async () => {
    const { lab } = fixture;
    await lab.exec('host', ['sh', '-c', 'ip route flush cache; ip -6 route flush cache']);
    for (const [name, mtu] of [
      ['lowmtu1280.test', 1280],
      ['lowmtu1400.test', 1400],
    ] as const) {
      const ping = async (family: string): Promise<string> =>
        (await lab.exec('host', ['ping', family, '-c', '1', '-W', '1', '-M', 'do', '-s', '1450', name])).stdout;
      expect(await ping('-6')).toContain(`Packet too big: mtu=${mtu}`);
      expect(await ping('-4')).toContain(`Frag needed and DF set (mtu = ${mtu})`);
    }
  });
});

describeWithLab(
  'integration',
  'router advertisements',
  { profile: 'dual', ipv6Setup: 'router-advertisement' },
  (fixture) => {
    it('give the engine host its address and its default route', async () => {
      const { lab } = fixture;
      expect((await lab.exec('host', ['ip', '-6', 'route', 'show', 'default'])).stdout).toMatch(
        /^default via fe80::\S+ dev eth0 proto ra /,
      );
      expect((await lab.exec('host', ['curl', '-sS', '-m', '5', 'http://v6only.test/source'])).stdout).toBe(
        `${lab.hostAddresses.ipv6}\n`,
      );
    });

    it('end for a host that starts to forward, as the kernel has it', async () => {
      const { lab } = fixture;
      await lab.exec('host', ['sh', '-c', 'echo 1 >/proc/sys/net/ipv6/conf/all/forwarding']);
      expect((await lab.exec('host', ['ip', '-6', 'route', 'show', 'default'])).stdout).toBe('');
    });
  },
);

async function expectSite(lab: Lab, name: string, address: string, source: string | undefined): Promise<void> {
  const { exitCode, stdout } = await lab.exec('host', ['curl', '-sS', '-m', '5', `http://${address}/`]);
  const seen = {
    name,
    address,
    exitCode,
    site: /^site (.*)$/m.exec(stdout)?.[1],
    source: /^source (.*)$/m.exec(stdout)?.[1],
  };
  // 7: curl could not connect, at once and not by time-out (28).
  expect(seen).toEqual(
    source === undefined
      ? { name, address, exitCode: 7, site: undefined, source: undefined }
      : { name, address, exitCode: 0, site: name, source },
  );
}
