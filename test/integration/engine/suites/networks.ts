import { expect, it } from 'vitest';
import type { DindError } from '../../../../src/errors.js';
import type { Engine } from '../../../../src/engine/types.js';
import { sleeper, testLabels } from '../support/busybox-image.js';
import { failure, freshName, withContainer, withNetwork } from '../support/scratch.js';

export function networkSuite(engine: () => Engine): void {
  it('makes an IPv6-only network with the bridge and the gateway asked for', async () => {
    const bridge = freshName('b').slice(0, 15);
    await using network = await withNetwork(engine(), {
      ipv6Subnet: 'fd00:aa::/64',
      ipv6Gateway: 'fd00:aa::1',
      options: { 'com.docker.network.bridge.name': bridge },
    });
    expect(network).toMatchObject({
      driver: 'bridge',
      ipv4Enabled: false,
      ipv6Enabled: true,
      subnets: ['fd00:aa::/64'],
      bridge,
      labels: testLabels,
      containers: [],
    });
    expect((await engine().listNetworks()).map(({ name }) => name)).toEqual(
      expect.arrayContaining([network.name, 'bridge', 'host', 'none']),
    );
    const defaultBridge = await engine().findNetwork('bridge');
    expect(defaultBridge).toMatchObject({ bridge: 'docker0', ipv4Enabled: true });
  });

  it('makes a dual network whose subnets the engine chooses, and names its bridge', async () => {
    await using network = await withNetwork(engine(), { ipv4: true });
    expect(network).toMatchObject({ ipv4Enabled: true, ipv6Enabled: true, bridge: `br-${network.id.slice(0, 12)}` });
    expect(network.subnets).toHaveLength(2);
  });

  it('gives a container of two networks its addresses, MAC, default route and interface order', async () => {
    await using nodes = await withNetwork(engine(), { ipv6Subnet: 'fd00:ab::/64' });
    await using egress = await withNetwork(engine(), { ipv4: true });
    const network = [
      {
        network: nodes.name,
        ipv6: 'fd00:ab::100',
        macAddress: '02:64:00:00:01:00',
        gatewayPriority: 0,
        aliases: ['helper'],
      },
      { network: egress.name, macAddress: '02:64:00:00:02:00', gatewayPriority: 100 },
    ];
    await using container = await withContainer(engine(), { ...sleeper, network }, false);
    expect(container.networks[nodes.name]).toMatchObject({
      ipv6: 'fd00:ab::100',
      ipv4: '',
      macAddress: '02:64:00:00:01:00',
    });
    expect(container.networks[egress.name]).toMatchObject({ ipv6: '', ipv4: '' });
    await engine().startContainer(container.name);
    const state = await engine().findContainer(container.name);
    expect(state?.networks[nodes.name]).toEqual({ ipv6: 'fd00:ab::100', ipv4: '', macAddress: '02:64:00:00:01:00' });
    expect(state?.networks[egress.name]?.ipv4).toMatch(/^\d+\./);
    const routes = await engine().exec(container.name, [
      'sh',
      '-c',
      'ip -6 route show default; ip -4 route show default; ip link',
    ]);
    expect(routes.stdout).toMatch(/default via [0-9a-f:]+ dev eth1/);
    expect(routes.stdout).toMatch(/default via [0-9.]+ dev eth1/);
    expect(routes.stdout.indexOf('02:64:00:00:01:00')).toBeGreaterThan(routes.stdout.indexOf('eth0'));
    expect((await engine().findNetwork(nodes.name))?.containers).toEqual([container.name]);
    expect(await failure(engine().removeNetwork(nodes.name))).toMatchObject({ code: 'engine-object-in-use' });
  });

  it('says what is wrong with a name or a subnet that is taken', async () => {
    await using first = await withNetwork(engine(), { ipv6Subnet: 'fd00:ac::/64' });
    expect(await failure(withNetwork(engine(), { name: first.name, ipv6Subnet: 'fd00:ad::/64' }))).toMatchObject({
      code: 'name-taken',
      source: 'user',
    });
    const overlap = await failure<DindError>(withNetwork(engine(), { ipv6Subnet: 'fd00:ac::/80' }));
    expect(overlap).toMatchObject({ code: 'network-overlaps', hint: expect.stringContaining('DIND_NODE_CIDR') });
    expect(overlap.message).toContain('fd00:ac::/80');
  });

  it('says that an address is taken', async () => {
    await using network = await withNetwork(engine(), { ipv6Subnet: 'fd00:ae::/64' });
    const spec = { ...sleeper, network: [{ network: network.name, ipv6: 'fd00:ae::5' }] };
    await using first = await withContainer(engine(), spec);
    await using second = await withContainer(engine(), spec, false);
    expect(await failure(engine().startContainer(second.name))).toMatchObject({ code: 'address-taken' });
    expect(first.name).not.toBe(second.name);
  });

  it('takes no beginning of an id for a name, and removes what is absent', async () => {
    await using network = await withNetwork(engine(), { ipv6Subnet: 'fd00:af::/64' });
    expect(await engine().findNetwork(network.id.slice(0, 12))).toBeUndefined();
    expect((await engine().findNetwork(network.id))?.name).toBe(network.name);
    await engine().removeNetwork(freshName('absent'));
  });
}
