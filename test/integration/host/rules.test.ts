import { beforeAll, expect, test } from 'vitest';
import type { ExecResult } from '../../../src/engine/types.js';
import { judgeIpv6Egress, probeHostEgress } from '../../../src/checks/host-egress.js';
import { checkHostRules, ensureHostRules, removeHostRules } from '../../../src/host/rules.js';
import { parseIpv6Address } from '../../../src/net/address.js';
import { sites } from '../../lab/sites.js';
import { describeWithLab } from '../../support/lab.js';
import { createNodeNetwork, engineChoice, planTestHost, startStandIn, useHost } from './support.js';

const site = sites['v6only.test']?.ipv6 ?? '';

describeWithLab(
  'integration',
  'rules of mode true on an engine with iptables',
  { profile: 'dual', engine: engineChoice },
  (fixture) => {
    const box = useHost(fixture);
    const plan = planTestHost('rules', 'fd00:22::/64');
    const target = { host: plan, firewallBackend: 'iptables', rulesBackend: 'nft' } as const;
    const inNode = (...argv: string[]): Promise<ExecResult> => box.host.engine.exec('rules-node', argv);
    const fetchSite = (): Promise<ExecResult> => inNode('curl', '-s', '--max-time', '3', `http://[${site}]/`);
    const present = async (): Promise<boolean[]> =>
      (await checkHostRules(box.host.engine, box.host.baseImage, target)).map((rule) => rule.present);
    const ensure = (): ReturnType<typeof ensureHostRules> =>
      ensureHostRules(box.host.engine, box.host.baseImage, { clusterName: 'rules', ...target });

    beforeAll(async () => {
      const network = await createNodeNetwork(box.host.engine, 'rules', plan);
      await startStandIn(box.host, 'rules-node', network);
      await box.host.engine.createNetwork({
        name: 'rules-other',
        labels: {},
        ipv4: false,
        ipv6: true,
        ipv6Subnet: 'fd00:99::/64',
        options: {},
      });
      await startStandIn(box.host, 'rules-neighbour', 'rules-other');
      // What an administrator may have there: everything forwarded is dropped.
      await box.host.onHost('ip6tables -A DOCKER-USER -j DROP');
    });

    test('without them nothing gets out', async () => {
      expect(await present()).toEqual([false, false]);
      expect((await fetchSite()).exitCode).not.toBe(0);
    });

    test("with them the site answers, and saw the host's own address", async () => {
      expect(await ensure()).toEqual({ changed: true, backend: 'nft' });
      expect(await present()).toEqual([true, true]);
      expect(await fetchSite()).toMatchObject({
        exitCode: 0,
        stdout: expect.stringContaining(fixture.lab.hostAddresses.ipv6 ?? '?') as string,
      });
      expect((await inNode('ping', '-6', '-c', '1', '-W', '2', site)).exitCode).toBe(0);
      expect((await fixture.lab.leaks()).filter(({ kind }) => kind === 'uniqueLocal')).toEqual([]);
    });

    test('again: nothing is changed, not even a counter', async () => {
      const before = await box.host.onHost('ip6tables-save -c -t filter | grep DIND64');
      expect(await ensure()).toEqual({ changed: false, backend: 'nft' });
      expect(await box.host.onHost('ip6tables-save -c -t filter | grep DIND64')).toBe(before);
    });

    test('cloud metadata is refused at once, other networks of the engine are out of reach', async () => {
      const refused = await inNode('curl', '-sv', '--max-time', '3', 'http://[fd00:ec2::254]/');
      expect(refused).toMatchObject({ exitCode: 7, stderr: expect.stringContaining('Permission denied') as string });
      const neighbour = (await box.host.engine.findContainer('rules-neighbour'))?.networks['rules-other']?.ipv6 ?? '';
      expect((await inNode('ping', '-6', '-c', '1', '-W', '2', neighbour)).exitCode).toBe(1);
    });

    test.each([
      { what: 'a rule of the chain is gone', script: 'ip6tables -D DIND64-FWD-rules 1' },
      { what: 'the chain is empty', script: 'ip6tables -t nat -F DIND64-NAT-rules' },
      { what: 'nothing leads to the chain', script: 'ip6tables -D DOCKER-USER -i br-rules -j DIND64-FWD-rules' },
      {
        what: 'somebody put a drop ahead',
        script: 'ip6tables -I DOCKER-USER -j DROP',
        undo: 'ip6tables -D DOCKER-USER -j DROP',
      },
      {
        what: 'somebody put rules ahead of DOCKER-USER',
        script: 'ip6tables -I FORWARD -j DROP',
        undo: 'ip6tables -D FORWARD -j DROP',
      },
      {
        what: 'the rule to the chain is there twice',
        script: 'ip6tables -t nat -A POSTROUTING -s fd00:22::/64 -j DIND64-NAT-rules',
      },
    ])('$what: seen and mended', async ({ script, undo }) => {
      await box.host.onHost(script);
      expect(await present()).toContain(false);
      expect((await ensure()).changed).toBe(true);
      expect(await present()).toEqual([true, true]);
      expect((await fetchSite()).exitCode).toBe(0);
      if (undo !== undefined) await box.host.onHost(undo);
    });

    test('removed exactly, from wherever they are', async () => {
      await ensure();
      const withRules = await box.host.snapshot();
      await removeHostRules(box.host.engine, box.host.baseImage, { clusterName: 'rules', chains: plan.chains });
      const without = await box.host.snapshot();
      expect(without).toBe(
        withRules
          .split('\n')
          .filter((line) => !line.includes('DIND64'))
          .join('\n'),
      );
      // Once more where there is nothing.
      await removeHostRules(box.host.engine, box.host.baseImage, { clusterName: 'rules', chains: plan.chains });
      expect(await box.host.snapshot()).toBe(without);
      expect((await fetchSite()).exitCode).not.toBe(0);
    });

    test('masquerade to an address that was given', async () => {
      await box.host.onHost('ip -6 addr add 2001:db8:0:1::77/64 dev eth0 nodad');
      await ensureHostRules(box.host.engine, box.host.baseImage, {
        clusterName: 'rules',
        ...target,
        host: { ...plan, snatAddress: parseIpv6Address('2001:db8:0:1::77') },
      });
      expect((await fetchSite()).stdout).toContain('2001:db8:0:1::77');
      await removeHostRules(box.host.engine, box.host.baseImage, { clusterName: 'rules', chains: plan.chains });
      await box.host.onHost('ip -6 addr del 2001:db8:0:1::77/64 dev eth0');
    });

    test('the table for the nftables backend lets out, masquerades and refuses as well', async () => {
      const { engine, baseImage } = box.host;
      // There is no DOCKER-USER with that backend, and no drop in another table that an accept here could undo.
      await box.host.onHost('ip6tables -F DOCKER-USER');
      expect(
        await ensureHostRules(engine, baseImage, { clusterName: 'rules', ...target, firewallBackend: 'nftables' }),
      ).toEqual({
        changed: true,
        backend: 'nftables',
      });
      expect((await fetchSite()).stdout).toContain(fixture.lab.hostAddresses.ipv6 ?? '?');
      expect((await inNode('curl', '-sv', '--max-time', '3', 'http://[fd20:ce::254]/')).stderr).toContain(
        'Permission denied',
      );
      await removeHostRules(engine, baseImage, { clusterName: 'rules', chains: plan.chains });
      expect(await box.host.onHost('nft list tables')).not.toContain('DIND64');
    });

    test("the probe of the host's own IPv6: one that answers is enough, IPv4-only names are none", async () => {
      const options = { attemptMs: 2000, signal: AbortSignal.timeout(60_000) };
      const probe = async (...names: string[]): Promise<ReturnType<typeof judgeIpv6Egress>> =>
        judgeIpv6Egress(
          await probeHostEgress(
            box.host.engine,
            box.host.baseImage,
            names.map((name) => ({ name })),
            options,
          ),
        );
      expect(await probe('drop.test', 'v4only.test', 'dual.test')).toMatchObject({
        ok: true,
        reason: expect.stringContaining('dual.test') as string,
      });
      expect(await probe('v4only.test')).toEqual({
        ok: false,
        reason: 'the engine host found no IPv6 address of v4only.test',
      });
      expect(await probe('drop.test')).toMatchObject({
        ok: false,
        reason: expect.stringContaining('timed out') as string,
      });
    });
  },
);
