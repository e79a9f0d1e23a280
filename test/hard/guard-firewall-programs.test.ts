import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { ClusterPlan } from '../../src/plan/types.js';
import { waitUntil } from '../../src/wait.js';
import {
  cleanHost,
  engineChoice,
  guardHost,
  recordOf,
  startStandIn,
  useHost,
  waitUntilWhole,
} from '../integration/host/support.js';
import { sites } from '../lab/sites.js';
import { openFirewallPrograms, type FirewallPrograms } from '../support/firewalls.js';
import { describeWithLab } from '../support/lab.js';

const site = sites['v6only.test']?.ipv6 ?? '';
/** By UDP and ICMP, whether anything gets through or not. */
const sendForEver = `while :; do echo datagram > /dev/udp/${site}/9; ping -6 -n -c 1 -W 1 ${site}; sleep 0.05; done > /dev/null 2>&1`;

/**
 * Debian's own ufw and firewalld come, reload and go while something on the node network keeps sending. Not seen to fail:
 * with the guard stopped and its table and policy routing deleted nothing got out either.
 */
describeWithLab('hard', 'the guard beside ufw and firewalld', { profile: 'dual', engine: engineChoice }, (fixture) => {
  const box = useHost(fixture);
  let firewalls: FirewallPrograms;
  let plan: ClusterPlan;
  const source = async (): Promise<string> =>
    (
      await box.host.engine.exec('walled-node', ['curl', '-s', '--max-time', '3', `http://[${site}]/source`])
    ).stdout.trim();
  const sourceEventually = (): Promise<void> =>
    waitUntil({ condition: 'the node gets out', limitMs: 30_000, intervalMs: 200 }, async () => {
      const seen = await source();
      return seen === fixture.lab.hostAddresses.ipv6 ? { done: undefined } : { seen };
    });
  const leaks = async (): Promise<unknown[]> =>
    (await fixture.lab.leaks()).filter(({ kind }) => kind === 'uniqueLocal');

  beforeAll(async () => {
    firewalls = await openFirewallPrograms(fixture.lab);
    plan = await guardHost(box.host, recordOf(box.host, 'walled', 'fd00:29::/64'));
    await startStandIn(box.host, 'walled-node', plan.nodeNetwork.name);
    await startStandIn(box.host, 'walled-sender', plan.nodeNetwork.name, sendForEver);
    await startStandIn(box.host, 'walled-helper', plan.egressNetwork.name, sendForEver);
    await sourceEventually();
  });
  beforeEach(() => fixture.lab.resetLeaks());
  afterEach(async () => {
    expect(await leaks()).toEqual([]);
  });
  afterAll(async () => {
    for (const name of ['walled-node', 'walled-sender', 'walled-helper']) await box.host.engine.removeContainer(name);
    await cleanHost(box.host, plan);
    await firewalls[Symbol.asyncDispose]();
  });

  test.each(['ufw --force enable', 'ufw reload', 'ufw --force disable'])(
    '%s: the node gets out by itself again',
    async (command) => {
      await firewalls.run(command);
      await waitUntilWhole(box.host.engine, plan);
      await sourceEventually();
    },
  );

  test('firewalld starts, is told of the bridges, reloads, and ends', async () => {
    await firewalls.run(
      'dbus-daemon --system --fork --nopidfile; firewalld --nofork >/tmp/firewalld.log 2>&1 & until firewall-cmd --state 2>/dev/null; do sleep 0.2; done',
    );
    await waitUntilWhole(box.host.engine, plan);
    // It rejects what is forwarded between its zones: an administrator's drop stays in force.
    expect(await source()).toBe('');
    for (const bridge of [plan.nodeNetwork.bridge, plan.egressNetwork.bridge])
      await firewalls.run(`firewall-cmd --permanent --zone=trusted --add-interface=${bridge}`);
    for (const reload of ['--reload', '--complete-reload']) {
      await firewalls.run(`firewall-cmd ${reload}`);
      await waitUntilWhole(box.host.engine, plan);
      await sourceEventually();
    }
    await firewalls.run('pkill firewalld; while pgrep firewalld; do sleep 0.2; done');
    await waitUntilWhole(box.host.engine, plan);
    await sourceEventually();
  });
});
