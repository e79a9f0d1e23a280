import { describe, expect, it } from 'vitest';
import { embedIpv4 } from '../../../src/net/embed.js';
import { parseIpv4Address } from '../../../src/net/address.js';
import { parseIpv4Cidr, parseIpv6Cidr } from '../../../src/net/cidr.js';
import { applyNat64Rules, waitForNat64 } from '../../../src/cluster/helpers/nat64.js';
import { checkHelperHealth } from '../../../src/cluster/helpers/helper.js';
import { waitUntil } from '../../../src/wait.js';
import { badPlaces, downloadBytes, sites } from '../../lab/sites.js';
import { describeWithLab } from '../../support/lab.js';
import { engineChoice, readPrivileges, useHelpers, waitForHelper, expectPath } from './cluster.js';

describeWithLab('integration', 'NAT64', { profile: 'dual', engine: engineChoice }, (fixture) => {
  const made = useHelpers(fixture, ['nat64']);
  const embedded = (address: string): string => embedIpv4(made.cluster.plan.nat64.prefix, parseIpv4Address(address));
  const site = (name: string): string => embedded(sites[name]?.ipv4 ?? '');
  const shell = async (script: string): Promise<string> => {
    const { stdout, stderr } = await made.cluster.inNode(['bash', '-c', script]);
    return stdout + stderr;
  };

  it('leads TCP, UDP and ping to an IPv4 site, which sees the host', async () => {
    const address = site('v4only.test');
    expect(await shell(`curl -sS -m 5 'http://[${address}]/source'`)).toContain(fixture.lab.hostAddresses.ipv4);
    expect(await shell(`exec 3<>/dev/udp/${address}/1007; echo hello >&3; timeout 3 head -c 11 <&3`)).toContain(
      fixture.lab.hostAddresses.ipv4,
    );
    expect(await shell(`ping -6 -c 3 -i 0.1 -W 2 ${address}`)).toContain('3 received');
  });

  for (const name of ['v4only.test', 'lowmtu1400.test', 'lowmtu1280.test']) {
    it(`carries 10 MB both ways, and UDP of 4,000 bytes, with ${name}`, async () => {
      const { stdout } = await fixture.lab.exec('internet', ['sha256sum', '/run/lab/state/www/10mb.bin']);
      const address = site(name);
      expect(await shell(`curl -sS -m 60 'http://[${address}]/10mb.bin' | sha256sum`)).toContain(stdout.slice(0, 64));
      expect(
        await shell(`head -c ${downloadBytes} /dev/urandom | curl -sS -m 60 -T - 'http://[${address}]/upload'`),
      ).toContain(`received ${downloadBytes}`);
      // The first datagrams may be what discovers the path's MTU.
      expect(
        await shell(
          `for try in 1 2 3; do exec 3<>/dev/udp/${address}/7; head -c 4000 /dev/zero >&3; timeout 2 head -c 4000 <&3 | wc -c; done`,
        ),
      ).toContain('4000');
    });
  }

  it('tells a sender the smaller MTU of the way behind it', async () => {
    // 1400 on the IPv4 side is 1420 on the IPv6 side (RFC 7915 4.2).
    const seen = await shell(
      `ping -6 -c 2 -W 2 -M do -s 1400 ${site('lowmtu1400.test')}; ip -6 route get ${site('lowmtu1400.test')}`,
    );
    expect(seen).toMatch(/mtu[ =]1420/);
  });

  it('passes on what routers and sites refuse', async () => {
    const refused = (address: string): Promise<string> =>
      shell(`ping -6 -c 1 -W 2 ${address}; curl -sS -m 5 -w '%{time_total}' 'http://[${address}]/' 2>&1`);
    expect(await refused(embedded(badPlaces['unreachable.test'].ipv4))).toMatch(/No route|Address unreachable/);
    expect(await refused(embedded(badPlaces['prohibited.test'].ipv4))).toContain('Administratively prohibited');
    expect(await shell(`exec 3<>/dev/tcp/${site('v4only.test')}/9`)).toContain('Connection refused');
    expect(await shell(`exec 3<>/dev/udp/${site('v4only.test')}/9; echo x >&3; sleep 0.3; echo x >&3`)).toContain(
      'Connection refused',
    );
  });

  it('refuses what has no way out, without AAAA use, by an answer that TCP, UDP and ping hear at once', async () => {
    const { plan } = made.cluster;
    const address = sites['v6only.test']?.ipv6 ?? '';
    await shell(`ip -6 route replace ${address} via ${plan.nat64.address}`);
    const tried = (protocol: string): Promise<string> =>
      shell(
        `start=\${EPOCHREALTIME/./}; timeout 5 bash -c 'exec 3<>/dev/${protocol}/${address}/7; echo hello >&3; head -n 1 <&3' 2>&1 | head -n 1; echo "$(((\${EPOCHREALTIME/./} - start) / 1000)) ms"`,
      );
    for (const [protocol, refusal] of [
      ['tcp', 'Network is unreachable'],
      ['udp', 'Permission denied'],
    ] as const) {
      const seen = await tried(protocol);
      expect(seen).toContain(refusal);
      expect(Number(/(\d+) ms/.exec(seen)?.[1])).toBeLessThan(500);
    }
    expect(await shell(`ping -6 -c 1 -W 2 ${address}`)).toContain('No route');
    await shell(`ip -6 route del ${address}`);
  });

  it('refuses what is never translated, with an answer and a counter', async () => {
    const refused: Record<string, string> = {
      '0.0.0.1': '0.0.0.0/8',
      '127.0.0.1': '127.0.0.0/8',
      '169.254.169.254': '169.254.0.0/16',
      '224.0.0.251': '224.0.0.0/4',
      '255.255.255.255': '240.0.0.0/4',
      '198.18.0.1': '198.18.0.0/15',
      '172.17.0.1': '172.17.0.0/16',
      '168.63.129.16': '168.63.129.16/32',
      '100.100.100.200': '100.100.100.200/32',
      '192.0.0.1': '192.0.0.0/24',
    };
    const { engine, plan } = made.cluster;
    const before = (await checkHelperHealth(engine, plan.nat64.name, { limitMs: 8000 })).facts;
    const answers = await Promise.all(
      Object.keys(refused).map((address) => shell(`ping -6 -c 1 -W 2 ${embedded(address)}`)),
    );
    for (const answer of answers) expect(answer).toContain('Administratively prohibited');
    const after = (await checkHelperHealth(engine, plan.nat64.name, { limitMs: 8000 })).facts;
    for (const cidr of Object.values(refused)) {
      const name = `packets-refused-${cidr}`;
      expect([name, Number(after[name] ?? 0) - Number(before[name] ?? 0)]).toEqual([name, 1]);
    }
  });

  it('refuses the networks of the engine, its own egress network among them', async () => {
    const { engine, plan } = made.cluster;
    const egress =
      (await engine.findNetwork(plan.egressNetwork.name))?.subnets.find((subnet) => !subnet.includes(':')) ?? '';
    expect(plan.nat64.deny).toContain(egress);
    expect(await shell(`ping -6 -c 1 -W 2 ${embedded(egress.replace(/\.0\/\d+$/, '.1'))}`)).toContain(
      'Administratively prohibited',
    );
  });

  it('answers a hundred refused connections at once', async () => {
    const [first = 9] = (
      await shell(
        `for i in 1 2 3; do curl -s -m 10 -o /dev/null -w '%{time_total}\n' 'http://[${embedded('169.254.169.254')}]/'; done`,
      )
    )
      .trim()
      .split('\n')
      .map(Number)
      .sort();
    expect(first).toBeLessThan(0.5);
    const seen = await shell(
      `for i in $(seq 100); do (curl -s -m 10 -o /dev/null 'http://[${embedded('169.254.169.254')}]/'; echo "ended $?") & done; wait`,
    );
    // 7: refused; 28 would be a time-out.
    expect(seen.match(/ended 7/g)).toHaveLength(100);
  });

  it('refuses later, but still refuses, when its detour has ended', async () => {
    const { engine, plan } = made.cluster;
    expect((await engine.exec(plan.nat64.name, ['pkill', '-f', 'dind64/bounce'])).exitCode).toBe(0);
    expect(await shell(`ping -6 -c 1 -W 2 ${embedded('169.254.169.254')}`)).toContain('Administratively prohibited');
    expect((await checkHelperHealth(engine, plan.nat64.name, { limitMs: 8000 })).problems).toEqual([
      expect.stringContaining('the device bounce is gone'),
    ]);
    await engine.restartContainer(plan.nat64.name);
    await waitForHelper(engine, plan, 'nat64');
    expect((await checkHelperHealth(engine, plan.nat64.name, { limitMs: 8000 })).problems).toEqual([]);
  });

  it('is no way to anything but the prefix, and for nobody but nodes', async () => {
    await fixture.lab.resetLeaks();
    const { plan } = made.cluster;
    const direct = sites['dual.test']?.ipv6 ?? '';
    expect(await shell(`ip -6 route add ${direct} via ${plan.nat64.address}; ping -6 -c 1 -W 2 ${direct}`)).toContain(
      'No route',
    );
    expect(
      await shell(`ip -6 addr add fd99::1/128 dev lo nodad; ping -6 -c 1 -W 1 -I fd99::1 ${site('v4only.test')}`),
    ).toContain('0 received');
    expect(await fixture.lab.leaks()).toEqual([]);
  });

  it('takes other rules while connections go on, and says when there is nothing to do', async () => {
    const { engine, plan } = made.cluster;
    const address = site('v4only.test');
    const connection = shell(
      `exec 3<>/dev/tcp/${address}/7; echo before >&3; read -t 5 -u 3 one; touch /tmp/open; for i in $(seq 200); do [ -e /tmp/go ] && break; sleep 0.05; done; echo after >&3; read -t 5 -u 3 two; echo "$one $two"`,
    );
    await waitUntil({ condition: 'the connection is open', limitMs: 10_000, intervalMs: 50 }, async () =>
      (await made.cluster.inNode(['test', '-e', '/tmp/open'])).exitCode === 0 ? { done: true } : { seen: 'not yet' },
    );
    const denying = {
      ...plan,
      nat64: { ...plan.nat64, deny: [...plan.nat64.deny, parseIpv4Cidr('203.0.113.128/25')] },
    };
    expect(await shell(`curl -sS -m 5 'http://[${site('other.test')}]/source'`)).toContain(
      fixture.lab.hostAddresses.ipv4,
    );
    expect(await applyNat64Rules(engine, denying)).toBe(true);
    expect(await applyNat64Rules(engine, denying)).toBe(false);
    expect(await shell(`ping -6 -c 1 -W 2 ${site('other.test')}`)).toContain('Administratively prohibited');
    await made.cluster.inNode(['touch', '/tmp/go']);
    expect(await connection).toContain('before after');
    expect(await applyNat64Rules(engine, plan)).toBe(true);
  });

  it('has no capability left, and nothing to write to', async () => {
    const { engine, plan } = made.cluster;
    expect(await readPrivileges(engine, plan.nat64.name)).toMatchObject({
      capEff: 0n,
      capBnd: 0n,
      noNewPrivs: '1',
      rootWritable: false,
    });
  });

  it('is whole again after a restart, and after its translator died', async () => {
    const { engine, plan } = made.cluster;
    await engine.restartContainer(plan.nat64.name);
    await waitForHelper(engine, plan, 'nat64');
    await expectPath(made.cluster, site('v4only.test'));
    const startedAt = (await engine.findContainer(plan.nat64.name))?.startedAt;
    await engine.exec(plan.nat64.name, ['kill', '-TERM', '1']);
    await waitUntil({ condition: 'the container was started again', limitMs: 20_000, intervalMs: 100 }, async () => {
      const state = await engine.findContainer(plan.nat64.name);
      return state?.status === 'running' && state.startedAt !== startedAt
        ? { done: true }
        : { seen: `${state?.status}` };
    });
    await waitForNat64(engine, plan, { limitMs: 20_000 });
    await expectPath(made.cluster, site('v4only.test'));
    expect((await checkHelperHealth(engine, plan.nat64.name, { limitMs: 8000 })).problems).toEqual([]);
  });

  describe('of a second cluster, with the well-known prefix', () => {
    const made = useHelpers(fixture, ['nat64'], ({ settings, addressing }) => ({
      settings: { ...settings, clusterName: 'well-known' },
      addressing: {
        ...addressing,
        nodeCidr: parseIpv6Cidr('fd00:21::/64'),
        nat64Prefix: parseIpv6Cidr('64:ff9b::/96'),
      },
    }));

    it('leads to global IPv4 addresses and refuses all others (RFC 6052 3.1)', async () => {
      const { plan, inNode } = made.cluster;
      const reach = async (address: string): Promise<string> => {
        const { stdout, stderr } = await inNode([
          'bash',
          '-c',
          `ping -6 -c 1 -W 2 ${embedIpv4(plan.nat64.prefix, parseIpv4Address(address))}`,
        ]);
        return stdout + stderr;
      };
      expect(await reach(sites['wkp.test']?.ipv4 ?? '')).toContain('1 received');
      await expectPath(made.cluster, embedIpv4(plan.nat64.prefix, parseIpv4Address(sites['wkp.test']?.ipv4 ?? '')));
      for (const address of [
        '10.0.0.1',
        '192.168.1.1',
        '172.16.0.1',
        '100.64.0.1',
        '198.51.100.10',
        '203.0.113.130',
        '192.0.2.1',
        '198.18.0.1',
        '127.0.0.1',
      ]) {
        expect([address, await reach(address)]).toEqual([
          address,
          expect.stringContaining('Administratively prohibited'),
        ]);
      }
    });
  });
});
