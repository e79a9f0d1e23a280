import { setTimeout as delay } from 'node:timers/promises';
import { beforeAll, expect, it } from 'vitest';
import { checkConnectivity } from '../../../src/checks/connectivity.js';
import { fromContainer } from '../../../src/checks/vantage.js';
import type { Verdict } from '../../../src/checks/verdict.js';
import type { CheckTarget } from '../../../src/settings/types.js';
import { switchDns64Mode } from '../../../src/cluster/helpers/dns64.js';
import { describeWithLab, type LabFixture } from '../../support/lab.js';
import { engineChoice, useHelpers, waitForHelper } from '../helpers/cluster.js';

const v4only = { name: 'v4only.test' };
const dual = { name: 'dual.test' };
const v6only = { name: 'v6only.test' };
const echo = { name: 'v4only.test', port: 7 };
const silent = { name: 'drop.test' };
const rejecting = { name: 'prohibited.test' };

/** The check as `up` runs it with DIND_CNI=none, from the stand-in for a node: helpers, engine host and internet are real. */
function useCheck(fixture: LabFixture): {
  helpers: ReturnType<typeof useHelpers>;
  check: (
    aaaa: boolean,
    targets: CheckTarget[] | 'none',
    timeoutMs?: number,
  ) => Promise<Verdict & { durationMs: number }>;
} {
  const helpers = useHelpers(fixture, ['dns64', 'nat64']);
  beforeAll(async () => {
    const { inNode, plan } = helpers.cluster;
    await inNode(['bash', '-c', `echo nameserver ${plan.dns64.address} >/etc/resolv.conf`]);
  });
  const check = async (
    aaaa: boolean,
    checkTargets: CheckTarget[] | 'none',
    timeoutMs = 300_000,
  ): Promise<Verdict & { durationMs: number }> => {
    const { engine, plan, node } = helpers.cluster;
    const mode = { requested: aaaa ? ('true' as const) : ('false' as const), aaaa, reason: 'test' };
    await switchDns64Mode(engine, plan, mode);
    const start = performance.now();
    const verdict = await checkConnectivity({
      engine,
      plan: { ...plan, mode, checkTargets, timeoutMs },
      baseImage: plan.baseImage,
      cluster: { kind: 'node', vantage: fromContainer(engine, node) },
      node,
      signal: new AbortController().signal,
    });
    return { ...verdict, durationMs: performance.now() - start };
  };
  return { helpers, check };
}

describeWithLab('integration', 'connectivity check', { profile: 'dual', engine: engineChoice }, (fixture) => {
  const { helpers, check } = useCheck(fixture);

  it('mode false: every name with an A by NAT64; an IPv6-only name has no path', async () => {
    const verdict = await check(false, [v4only, dual, v6only, echo]);
    expect(verdict).toMatchObject({
      outcome: 'passed',
      paths: { nat64: 'passed', direct: 'untried' },
      brokenParts: [],
      warnings: [],
    });
    expect(verdict.targets.map(({ status, path, port }) => [status, path, port])).toEqual([
      ['passed', 'nat64', 443],
      ['passed', 'nat64', 443],
      ['no-path', 'direct', expect.any(Number)],
      ['passed', 'nat64', 7],
    ]);
  });

  it('a pass takes less than three seconds', async () => {
    expect((await check(false, [v4only, dual])).durationMs).toBeLessThan(3000);
  });

  it('what is down for the engine host too is no fault of the cluster', async () => {
    const verdict = await check(false, [v4only, silent, rejecting]);
    expect(verdict).toMatchObject({ outcome: 'passed', warnings: [] });
    expect(verdict.targets.map(({ status, hop }) => [status, hop])).toEqual([
      ['passed', undefined],
      ['unverified', 'beyond-host'],
      ['unverified', 'beyond-host'],
    ]);
  });

  it('mode false with IPv6-only names alone: the mode is the remedy', async () => {
    expect(await check(false, [v6only])).toMatchObject({
      outcome: 'failed',
      remedy: expect.stringMatching('DIND_ALLOW_AAAA_USE=true') as string,
    });
  });

  it("mode true without rules on the engine host: NAT64 passes, the direct path is the host rules' fault", async () => {
    const verdict = await check(true, [v4only, dual]);
    expect(verdict).toMatchObject({ outcome: 'failed', paths: { nat64: 'passed', direct: 'failed' } });
    expect(verdict.targets.map(({ status, path, hop }) => [status, path, hop])).toEqual([
      ['passed', 'nat64', undefined],
      ['broken', 'direct', 'host-rules'],
    ]);
  });

  it('what comes to life within seconds is waited for', async () => {
    const { engine, plan } = helpers.cluster;
    await engine.pauseContainer(plan.nat64.name);
    const verdict = check(false, [v4only]);
    await delay(2500);
    await engine.unpauseContainer(plan.nat64.name);
    expect(await verdict).toMatchObject({ outcome: 'passed' });
  });

  it("no targets: the cluster's own parts are checked all the same", async () => {
    expect(await check(false, 'none')).toMatchObject({ outcome: 'off', brokenParts: [] });
  });

  it('an engine host that drops what NAT64 sends: its rules are named', async () => {
    const { plan } = helpers.cluster;
    const firewall = `table inet strict { chain forward { type filter hook forward priority 10; iifname "${plan.egressNetwork.bridge}" tcp dport { 80, 443 } drop; }; }`;
    expect(await fixture.lab.exec('host', ['nft', '-f', '-'], { stdin: firewall })).toMatchObject({ exitCode: 0 });
    const verdict = await check(false, [v4only]);
    await fixture.lab.exec('host', ['nft', 'delete', 'table', 'inet', 'strict']);
    expect(verdict.targets[0]).toMatchObject({
      status: 'broken',
      observed: 'timed out',
      hop: 'host-rules',
      explanation: expect.stringMatching('NAT64 container does not get out') as string,
    });
  });

  it('an engine host without a cable: offline, which is a warning', async () => {
    await fixture.lab.faults.unplug.on();
    const verdict = await check(false, [v4only, dual], 150_000);
    await fixture.lab.faults.unplug.off();
    expect(verdict).toMatchObject({
      outcome: 'offline',
      brokenParts: [],
      warnings: [expect.stringMatching('offline, egress not verified')],
    });
  });

  it('NAT64 that is gone is named', async () => {
    const { engine, plan } = helpers.cluster;
    await engine.stopContainer(plan.nat64.name, 1);
    const verdict = await check(false, [v4only]);
    await engine.startContainer(plan.nat64.name);
    await waitForHelper(engine, plan, 'nat64');
    expect(verdict).toMatchObject({
      outcome: 'failed',
      brokenParts: [{ hop: 'nat64' }],
      remedy: expect.stringMatching(`docker logs ${plan.nat64.name}`) as string,
    });
    expect(verdict.targets[0]).toMatchObject({ status: 'broken', hop: 'nat64' });
  });

  it('DNS64 that does not answer is named', async () => {
    const { engine, plan, node } = helpers.cluster;
    await engine.pauseContainer(plan.dns64.name);
    const start = performance.now();
    const verdict = await checkConnectivity({
      engine,
      plan: { ...plan, checkTargets: [v4only] },
      baseImage: plan.baseImage,
      cluster: { kind: 'node', vantage: fromContainer(engine, node) },
      node,
      signal: new AbortController().signal,
    });
    await engine.unpauseContainer(plan.dns64.name);
    expect(verdict).toMatchObject({
      outcome: 'failed',
      brokenParts: [{ hop: 'dns64' }],
      targets: [{ status: 'broken', path: undefined, hop: 'dns64' }],
    });
    expect(performance.now() - start).toBeLessThan(30_000);
  });
});

describeWithLab('integration', 'connectivity check', { profile: 'v4only', engine: engineChoice }, (fixture) => {
  const { check } = useCheck(fixture);

  it('mode false passes as anywhere', async () => {
    expect(await check(false, [v4only, dual])).toMatchObject({ outcome: 'passed', paths: { nat64: 'passed' } });
  });

  it('mode true (an IPv6 that has gone since): the mode is the remedy', async () => {
    expect(await check(true, [v4only, dual])).toMatchObject({
      outcome: 'failed',
      paths: { nat64: 'passed', direct: 'unverified' },
      remedy: expect.stringMatching('DIND_ALLOW_AAAA_USE=auto') as string,
    });
  });
});

describeWithLab('integration', 'connectivity check', { profile: 'v6only', engine: engineChoice }, (fixture) => {
  const { check } = useCheck(fixture);

  it('mode false: the engine host has IPv6 only, and the mode is the remedy', async () => {
    const verdict = await check(false, [v4only, dual]);
    expect(verdict).toMatchObject({
      outcome: 'failed',
      brokenParts: [],
      paths: { nat64: 'unverified' },
      remedy: expect.stringMatching('DIND_ALLOW_AAAA_USE=true') as string,
    });
    expect(verdict.targets.map(({ hop }) => hop)).toEqual(['mode', 'mode']);
  });
});
