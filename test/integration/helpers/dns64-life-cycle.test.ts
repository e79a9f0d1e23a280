import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parseIpv4Address } from '../../../src/net/address.js';
import { parseIpv6Cidr } from '../../../src/net/cidr.js';
import { embedIpv4 } from '../../../src/net/embed.js';
import { checkHelperHealth } from '../../../src/cluster/helpers/helper.js';
import { switchDns64Mode } from '../../../src/cluster/helpers/dns64.js';
import { compareResolvers, renewResolvers } from '../../../src/cluster/helpers/dns64.js';
import { servers, sites } from '../../lab/sites.js';
import { describeWithLab } from '../../support/lab.js';
import { ask, dataOf } from './ask.js';
import { engineChoice, readPrivileges, useHelpers, waitForHelper } from './cluster.js';

const off = { requested: 'false', aaaa: false, reason: 'test' } as const;
const on = { requested: 'true', aaaa: true, reason: 'test' } as const;

describeWithLab('integration', 'DNS64, its container', { profile: 'dual', engine: engineChoice }, (fixture) => {
  const made = useHelpers(fixture, ['dns64']);
  const prefix = parseIpv6Cidr('fd00:10:64:ff9b::/96');
  const synthesized = (name: string): string => embedIpv4(prefix, parseIpv4Address(sites[name]?.ipv4 ?? ''));
  const native = (name: string): string => sites[name]?.ipv6 ?? '';

  it('answers nobody but the node network', async () => {
    const { engine, plan } = made.cluster;
    const neighbour = `${plan.clusterName}-neighbour`;
    const dns64 = await engine.findContainer(plan.dns64.name);
    const leg = dns64?.networks[plan.egressNetwork.name];
    await engine.createContainer({
      name: neighbour,
      image: plan.baseImage,
      entrypoint: ['sleep', 'infinity'],
      labels: {},
      capabilities: ['NET_ADMIN'],
      network: [{ network: plan.egressNetwork.name }],
    });
    await engine.startContainer(neighbour);
    await engine.exec(neighbour, ['ip', '-6', 'route', 'add', plan.dns64.address, 'via', leg?.ipv6 ?? '']);
    const kdig = async (server: string): Promise<string> => {
      const { stdout, stderr } = await engine.exec(neighbour, [
        'kdig',
        `@${server}`,
        '+time=1',
        '+retry=0',
        'v4only.test',
        'AAAA',
      ]);
      return stdout + stderr;
    };
    expect(await kdig(plan.dns64.address)).toMatch(/status: REFUSED|can't connect|timed? ?out|failed to query/);
    for (const address of [leg?.ipv4 ?? '', leg?.ipv6 ?? '']) expect(await kdig(address)).not.toContain('NOERROR');
    await engine.removeContainer(neighbour);
  });

  it('has no capability, no root and nothing to write to', async () => {
    const { engine, plan } = made.cluster;
    expect(await readPrivileges(engine, plan.dns64.name)).toMatchObject({
      capEff: 0n,
      capBnd: 0n,
      noNewPrivs: '1',
      rootWritable: false,
    });
    expect((await readPrivileges(engine, plan.dns64.name)).uid).not.toBe('0');
  });

  it('keeps its mode over a restart, and takes one while it is stopped', async () => {
    const { engine, plan } = made.cluster;
    await switchDns64Mode(engine, plan, on);
    await engine.stopContainer(plan.dns64.name, 1);
    expect(await switchDns64Mode(engine, plan, off)).toBe(false);
    await engine.startContainer(plan.dns64.name);
    await waitForHelper(engine, plan, 'dns64');
    expect(dataOf((await ask(made.cluster, ['dual.test AAAA']))[0], 'AAAA')).toEqual([synthesized('dual.test')]);
    await engine.restartContainer(plan.dns64.name);
    await waitForHelper(engine, plan, 'dns64');
    expect(dataOf((await ask(made.cluster, ['dual.test AAAA']))[0], 'AAAA')).toEqual([synthesized('dual.test')]);
  });

  it('takes a mode while it is still starting', async () => {
    const { engine, plan } = made.cluster;
    await engine.stopContainer(plan.dns64.name, 1);
    await engine.startContainer(plan.dns64.name);
    await switchDns64Mode(engine, plan, on);
    expect(dataOf((await ask(made.cluster, ['dual.test AAAA']))[0], 'AAAA')).toEqual([native('dual.test')]);
  });

  it('is started anew when the host has other resolvers, and only then', async () => {
    const { engine, plan } = made.cluster;
    const hostFile = join('/run/dind64-lab-engines', fixture.lab.instance, 'resolv.conf');
    const before = await readFile(hostFile, 'utf8');
    expect(await renewResolvers(engine, plan, 20_000)).toBe(false);
    // In place: the engine's /etc/resolv.conf is bound to this very file.
    await writeFile(hostFile, `nameserver ${servers.resolver.ipv4}\n`);
    try {
      expect(await compareResolvers(engine, plan)).toMatchObject({
        current: [`host(${servers.resolver.ipv4})`],
        changed: true,
      });
      expect(await renewResolvers(engine, plan, 20_000)).toBe(true);
      expect(await compareResolvers(engine, plan)).toMatchObject({
        used: [`host(${servers.resolver.ipv4})`],
        changed: false,
      });
      expect(dataOf((await ask(made.cluster, ['v4only.test AAAA']))[0], 'AAAA')).toEqual([synthesized('v4only.test')]);
    } finally {
      await writeFile(hostFile, before);
    }
  });

  it('tells its health', async () => {
    const { engine, plan } = made.cluster;
    const health = await checkHelperHealth(engine, plan.dns64.name, { limitMs: 8000 });
    expect(health).toMatchObject({ status: 'running', problems: [] });
    expect(Object.keys(health.facts)).toEqual(
      expect.arrayContaining(['egress-ipv4', 'egress-ipv6', 'resolvers', 'queries']),
    );
  });
});
