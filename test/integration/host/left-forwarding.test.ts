import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { listHostChanges } from '../../../src/host/record.js';
import { restoreHost, type RestoreResult } from '../../../src/host/restore.js';
import { sites } from '../../lab/sites.js';
import { describeWithLab } from '../../support/lab.js';
import { cleanHost, engineChoice, guardHost, recordOf, useHost } from './support.js';

const site = sites['v6only.test']?.ipv6 ?? '';

/** What libvirt makes for a routed network: a bridge, a guest behind it, and rules that let it out. Seen to fail with judgeForwarding finding nobody (the first two) and with nobody before (the last). */
describeWithLab('integration', 'others who need forwarding', { profile: 'dual', engine: engineChoice }, (fixture) => {
  const box = useHost(fixture);
  const guest = (): string => `${fixture.lab.instance}-guest`;
  const onMachine = async (script: string): Promise<string> => {
    const { exitCode, stdout, stderr } = await fixture.lab.host(['sh', '-ec', script]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    return stdout;
  };
  const makeBridge = (): Promise<string> =>
    onMachine(`ip link add virbr0 type bridge; ip link set virbr0 up; ip addr add fd00:77::1/64 dev virbr0 nodad
ip link add vnet0 master virbr0 up type veth peer name eth0 netns ${guest()}`);
  const removeBridge = (): Promise<string> => onMachine('ip link del vnet0; ip link del virbr0');
  const source = async (): Promise<string> => {
    const { stdout } = await fixture.lab.exec(`/run/netns/${guest()}`, [
      'sh',
      '-c',
      `ip link set eth0 up; ip addr replace fd00:77::2/64 dev eth0 nodad; ip -6 route replace default via fd00:77::1; curl -s --max-time 3 http://[${site}]/source`,
    ]);
    return stdout.trim();
  };
  const forwarding = (): Promise<string> =>
    box.host.onHost('cat /proc/sys/net/ipv6/conf/all/forwarding').then((text) => text.trim());
  const upAndClean = async (between: () => Promise<unknown>): Promise<RestoreResult> => {
    const plan = await guardHost(box.host, recordOf(box.host, 'guest', 'fd00:26::/64'));
    await between();
    return cleanHost(box.host, plan);
  };
  let before: string;

  beforeAll(async () => {
    await execa('ip', ['netns', 'add', guest()]);
    // What the engine makes with its first network of IPv6 stays.
    await upAndClean(() => Promise.resolve());
    before = await box.host.snapshot();
  });
  afterEach(async () => {
    // As the administrator would, who no longer needs it.
    await box.host.onHost(
      'echo 0 > /proc/sys/net/ipv6/conf/all/forwarding; echo 1 > /proc/sys/net/ipv6/conf/eth0/accept_ra; ip6tables -P FORWARD ACCEPT',
    );
    expect(await box.host.snapshot()).toBe(before);
  });
  afterAll(async () => {
    await execa('ip', ['netns', 'del', guest()]);
  });

  test('a bridge that came after `up` keeps it, with one line that says so, and nothing more is recorded', async () => {
    const rules = (action: '-I' | '-D'): string =>
      `ip6tables ${action} FORWARD -i virbr0 -j ACCEPT; ip6tables ${action} FORWARD -o virbr0 -j ACCEPT; ip6tables -t nat ${action} POSTROUTING -s fd00:77::/64 ! -o virbr0 -j MASQUERADE`;
    const { restored, kept, left } = await upAndClean(async () => {
      await makeBridge();
      await box.host.onHost(rules('-I'));
      expect(await source()).toBe(fixture.lab.hostAddresses.ipv6);
    });
    expect({ restored, kept }).toEqual({ restored: [], kept: [] });
    expect(left.map(({ text }) => text)).toEqual([
      'net.ipv6.conf.all.forwarding, 0 before; net.ipv6.conf.eth0.accept_ra, 1 before; policy of ip6tables FORWARD, ACCEPT before: left as it is and no longer recorded, because bridge virbr0 and 3 more came since and may need IPv6 forwarding',
    ]);
    expect(await source()).toBe(fixture.lab.hostAddresses.ipv6);
    expect(await listHostChanges(box.host.engine, 'guest')).toEqual([]);
    // Nobody of ours is there any more: what is left is theirs, whoever comes and goes after.
    expect(await upAndClean(() => Promise.resolve())).toEqual({ restored: [], kept: [], left: [] });
    expect(await restoreHost(box.host.engine, box.host.baseImage, 'guest')).toEqual({
      restored: [],
      kept: [],
      left: [],
    });
    expect(await source()).toBe(fixture.lab.hostAddresses.ipv6);
    await box.host.onHost(rules('-D'));
    await removeBridge();
  });

  test("an administrator's own rule in FORWARD keeps it, by itself", async () => {
    const { left } = await upAndClean(() => box.host.onHost('ip6tables -A FORWARD -i lan0 -o eth0 -j ACCEPT'));
    expect(left.map(({ text }) => text)).toEqual([
      expect.stringContaining(
        'because the rule iifname "lan0" oifname "eth0" accept in table ip6 filter, chain FORWARD came since',
      ),
    ]);
    expect(await forwarding()).toBe('1');
    await box.host.onHost('ip6tables -D FORWARD -i lan0 -o eth0 -j ACCEPT');
  });

  test('what was there before `up` did without it, and what is dropped or goes with connections needs none: all is put back', async () => {
    await makeBridge();
    await box.host.onHost('ip6tables -A FORWARD -i virbr0 -j ACCEPT');
    const { left, restored } = await upAndClean(() =>
      box.host.onHost(
        'ip6tables -A FORWARD -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT; ip6tables -A FORWARD -i lan0 -j DROP; nft add table ip6 other; nft add chain ip6 other forward "{ type filter hook forward priority 10; policy accept; }"; nft add rule ip6 other forward icmpv6 type packet-too-big accept',
      ),
    );
    expect(left).toEqual([]);
    expect(restored.map(({ kind }) => kind).sort()).toEqual(['accept-ra', 'forward-policy', 'ipv6-forwarding']);
    expect(await forwarding()).toBe('0');
    await box.host.onHost(
      'ip6tables -D FORWARD -i virbr0 -j ACCEPT; ip6tables -D FORWARD -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT; ip6tables -D FORWARD -i lan0 -j DROP; nft delete table ip6 other',
    );
    await removeBridge();
  });
});
