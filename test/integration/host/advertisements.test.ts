import { expect, test } from 'vitest';
import { planHostChanges } from '../../../src/host/changes.js';
import { readHostFacts } from '../../../src/host/facts.js';
import { prepareHost } from '../../../src/host/prepare.js';
import { listHostChanges, recordHostChange } from '../../../src/host/record.js';
import { restoreHost } from '../../../src/host/restore.js';
import { describeWithLab } from '../../support/lab.js';
import { createPlan } from '../../../src/plan/create-plan.js';
import { engineChoice, recordOf, useHost } from './support.js';

describeWithLab(
  'integration',
  'a host whose IPv6 default route comes from router advertisements',
  { profile: 'dual', ipv6Setup: 'router-advertisement', engine: engineChoice },
  (fixture) => {
    const box = useHost(fixture);
    const createNodeNetwork = async (): Promise<string> => {
      const { node } = createPlan(recordOf(box.host, 'ra', 'fd00:21::/64')).networks;
      await box.host.engine.createNetwork(node);
      return node.name;
    };
    const prepare = async (): Promise<void> => {
      const { engine, baseImage } = box.host;
      const facts = await readHostFacts(engine, baseImage);
      await prepareHost(engine, baseImage, {
        clusterName: 'ra',
        changes: planHostChanges(facts),
        facts,
        firewallBackend: 'iptables',
      });
    };
    const defaultRoute = (): Promise<string> => box.host.onHost('ip -6 route show default');
    const read = (file: string): Promise<string> =>
      box.host.onHost(`cat /proc/sys/net/${file}`).then((text) => text.trim());

    test('facts tell it', async () => {
      const facts = await readHostFacts(box.host.engine, box.host.baseImage, { ports: [80] });
      expect(facts.routes.find(({ family, destination }) => family === 6 && destination === 'default')).toMatchObject({
        protocol: 'ra',
        device: 'eth0',
      });
      expect(facts.sysctls).toMatchObject({ ipv4Forwarding: true, ipv6Forwarding: false, acceptRa: { eth0: 1 } });
      expect(facts).toMatchObject({
        rulesBackend: 'nft',
        forwardPolicy: { ipv6: 'ACCEPT' },
        ipv6Loopback: true,
        takenPorts: [],
        resolvers: [...fixture.lab.resolvers],
      });
      expect(facts.freePorts).toHaveLength(9);
    });

    test("unprepared, the engine's first IPv6 network takes the default route away: why accept_ra is raised", async () => {
      // First of all: the kernel looks for such routes only while none was spared by accept_ra 2 (RT6_TABLE_HAS_DFLT_ROUTER).
      const network = await createNodeNetwork();
      expect(await defaultRoute()).toBe('');
      await box.host.engine.removeNetwork(network);
      await box.host.onHost(`coproc timeout 30 ip -6 monitor route
echo 0 > /proc/sys/net/ipv6/conf/all/forwarding; ip6tables -P FORWARD ACCEPT
while [ -z "$(ip -6 route show default)" ]; do read -r event <&"\${COPROC[0]}"; done`);
    });

    test('prepared, the route outlives the first IPv6 network, and everything goes back', async () => {
      const { engine, baseImage } = box.host;
      const before = await box.host.snapshot();
      await prepare();
      expect((await listHostChanges(engine, 'ra')).map(({ change }) => change.kind).sort()).toEqual([
        'accept-ra',
        'forward-policy',
        'ipv6-forwarding',
      ]);
      expect(await read('ipv6/conf/eth0/accept_ra')).toBe('2');
      const network = await createNodeNetwork();
      expect(await read('ipv6/conf/all/forwarding')).toBe('1');
      expect(await defaultRoute()).toContain('proto ra');

      // A second `up`: the host looks changed now, and the record keeps the first values.
      await prepare();
      expect((await listHostChanges(engine, 'ra')).find(({ change }) => change.kind === 'accept-ra')?.change).toEqual({
        kind: 'accept-ra',
        device: 'eth0',
        value: 1,
      });

      await engine.removeNetwork(network);
      const { kept, restored } = await restoreHost(engine, baseImage, 'ra');
      expect(kept).toEqual([]);
      expect(restored).toHaveLength(3);
      expect(await box.host.snapshot()).toBe(before);
      expect(await listHostChanges(engine, 'ra')).toEqual([]);
      expect(await restoreHost(engine, baseImage, 'ra')).toEqual({ restored: [], kept: [], left: [] });
    });

    test('killed after the record was made, before anything was changed: nothing is touched and the record goes', async () => {
      const { engine, baseImage } = box.host;
      const before = await box.host.snapshot();
      for (const change of planHostChanges(await readHostFacts(engine, baseImage)))
        await recordHostChange(engine, change);
      await restoreHost(engine, baseImage, 'ra');
      expect(await box.host.snapshot()).toBe(before);
      expect(await listHostChanges(engine, 'ra')).toEqual([]);
    });

    test('killed half-way: what was changed goes back', async () => {
      const { engine, baseImage } = box.host;
      const before = await box.host.snapshot();
      for (const change of planHostChanges(await readHostFacts(engine, baseImage)))
        await recordHostChange(engine, change);
      await box.host.onHost(
        'echo 2 > /proc/sys/net/ipv6/conf/eth0/accept_ra; echo 1 > /proc/sys/net/ipv6/conf/all/forwarding',
      );
      await restoreHost(engine, baseImage, 'ra');
      expect(await box.host.snapshot()).toBe(before);
    });
  },
);
