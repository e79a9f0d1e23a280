import { afterEach, expect, it } from 'vitest';
import type { Lab } from '../../lab/types.js';
import { describeWithLab } from '../../support/lab.js';

describeWithLab('integration', 'faults', { profile: 'dual' }, (fixture) => {
  const get = async (name: string): Promise<number> =>
    (await fixture.lab.exec('host', ['curl', '-sS', '-m', '2', '-o', '/dev/null', `http://${name}/`])).exitCode;
  const ask = (): ReturnType<Lab['exec']> =>
    fixture.lab.exec('host', ['dig', '+tries=1', '+timeout=2', '@198.51.100.53', 'dual.test', 'A']);

  afterEach(async () => {
    const { lab } = fixture;
    await Promise.all([...Object.values(lab.faults), lab.dns.silence].map((fault) => fault.off()));
  });

  it('a stopped resolver refuses, a silent one does not answer, and both come back', async () => {
    const { lab } = fixture;
    expect((await ask()).exitCode).toBe(0);
    await lab.dns.stop();
    expect((await ask()).stdout).toContain('connection refused');
    await lab.dns.start();
    expect((await ask()).exitCode).toBe(0);
    await lab.dns.silence.on();
    expect((await ask()).stdout).toContain('timed out');
    await lab.dns.silence.off();
    expect((await ask()).exitCode).toBe(0);
  });

  it('one family can be lost alone', async () => {
    const { lab } = fixture;
    await lab.faults.dropIpv6.on();
    expect([await get('198.51.100.11'), await get('[2001:db8:100::11]')]).toEqual([0, 28]);
    await lab.faults.dropIpv6.off();
    await lab.faults.dropIpv4.on();
    await lab.faults.dropIpv4.on();
    expect([await get('198.51.100.11'), await get('[2001:db8:100::11]')]).toEqual([28, 0]);
  });

  it('without ICMP nothing answers a ping, and TCP goes on', async () => {
    const { lab } = fixture;
    await lab.faults.dropIcmp.on();
    for (const family of ['-4', '-6'])
      expect((await lab.exec('host', ['ping', family, '-c', '1', '-W', '1', 'dual.test'])).stdout).toContain(
        '100% packet loss',
      );
    expect([await get('198.51.100.11'), await get('[2001:db8:100::11]')]).toEqual([0, 0]);
  });

  it('an unplugged uplink has no carrier, and works when it is plugged in again', async () => {
    const { lab } = fixture;
    await lab.faults.unplug.on();
    expect((await lab.exec('host', ['ip', 'link', 'show', 'eth0'])).stdout).toContain('NO-CARRIER');
    await lab.faults.unplug.off();
    expect([await get('198.51.100.11'), await get('[2001:db8:100::11]')]).toEqual([0, 0]);
  });

  it('packets with foreign sources are counted and go nowhere', async () => {
    const { lab } = fixture;
    const foreign = {
      uniqueLocal: ['fd00:20::3', 'v6only.test'],
      privateIpv4: ['172.17.0.2', 'v4only.test'],
      nat64Pool: ['198.18.0.5', 'v4only.test'],
      otherForeign: ['2001:db8:9::9', 'v6only.test'],
    } as const;
    await lab.resetLeaks();
    expect(await lab.leaks()).toEqual([]);
    for (const [kind, [source, target]] of Object.entries(foreign)) {
      await lab.exec('host', [
        'ip',
        'address',
        'add',
        source.includes(':') ? `${source}/128` : `${source}/32`,
        'dev',
        'lo',
        ...(source.includes(':') ? ['nodad'] : []),
      ]);
      const { stdout } = await lab.exec('host', ['ping', '-c', '1', '-W', '1', '-I', source, target]);
      expect(`${kind}: ${stdout}`).toContain('100% packet loss');
    }
    expect(await lab.leaks()).toMatchObject(
      Object.entries(foreign).map(([kind, [source]]) => ({ kind, source, packets: 1 })),
    );
    await lab.resetLeaks();
    expect(await lab.leaks()).toEqual([]);
  });
});
