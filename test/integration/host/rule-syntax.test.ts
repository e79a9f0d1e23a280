import fc from 'fast-check';
import { expect, test } from 'vitest';
import { chooseCidrs } from '../../../src/plan/addressing.js';
import type { ClusterPlan } from '../../../src/plan/types.js';
import { renderEgressTable } from '../../../src/render/egress.js';
import { renderHostTable } from '../../../src/render/host-table.js';
import { renderNat64Rules } from '../../../src/render/nat64-rules.js';
import { readEnvironment } from '../../../src/settings/environment.js';
import { describeWithLab } from '../../support/lab.js';
import { settingsOfCluster } from '../../../src/cluster/adopt.js';
import { samplePlan, sampleInputs } from '../../support/sample-plan.js';
import { samples } from '../../support/setting-samples.js';
import { engineChoice, quote, useHost } from './support.js';

/**
 * The texts for packet filters, from random settings, given to the real programs. Seen to fail with `[fd00:20::1]` for the
 * gateway's address, and (the comparison with what is printed) with `/128` behind a refused address in the nft table.
 */
describeWithLab('integration', 'rules of random plans', { profile: 'v4only', engine: engineChoice }, (fixture) => {
  const box = useHost(fixture);
  const plans = fc
    .sample(
      fc.record(
        {
          DIND_CLUSTER_NAME: samples.clusterName.good,
          DIND_NODE_CIDR: samples.nodeCidr.good,
          DIND_POD_CIDR: samples.podCidr.good,
          DIND_SERVICE_CIDR: samples.serviceCidr.good,
          DIND_NAT64_PREFIX: samples.nat64Prefix.good,
          DIND_NAT64_DENY: samples.nat64Deny.good,
          DIND_SNAT_ADDRESS: samples.snatAddress.good,
        },
        { requiredKeys: [] },
      ),
      40,
    )
    .flatMap((env) => planOf(env as Record<string, string>));

  /** Runs a script for each plan, all in one container; what fails names the plan by its settings. */
  const runForEach = async (some: typeof plans, script: (plan: ClusterPlan) => string): Promise<void> => {
    expect(some.length).toBeGreaterThan(5);
    const parts = some.map(
      ({ plan, env }) =>
        `( set +eu\n${script(plan)}\n) >/tmp/output 2>&1 || { printf '%s\\n' ${quote(JSON.stringify(env))}; cat /tmp/output; }`,
    );
    expect(await box.host.apart(parts.join('\n'))).toBe('');
  };

  test('nft reads every node’s egress table, in both modes, and the NAT64 container’s firewall', async () => {
    await runForEach(
      plans,
      (plan) => `set -e
nft -c -f - <<'END'\n${renderEgressTable(plan, true)}\nEND
nft -c -f - <<'END'\n${renderEgressTable(plan, false)}\nEND
nft -c -D node=eth0 -D egress=eth1 -f - <<'END'\n${renderNat64Rules(plan)}\nEND`,
    );
  });

  test('nft takes the table of the host, and prints it as we wrote it', async () => {
    await runForEach(
      plans.slice(0, 10),
      (plan) => `set -e
for mode in true false; do
  if [ $mode = true ]; then wanted=${quote(renderHostTable(plan.host, { aaaa: true }).trimEnd())}
  else wanted=${quote(renderHostTable(plan.host, { aaaa: false }).trimEnd())}; fi
  nft -f - <<< "$wanted"
  [ "$(nft list table ip6 ${plan.host.table}; nft list table ip ${plan.host.table})" = "$wanted" ] || { echo "not printed as written"; nft list ruleset; exit 1; }
  nft delete table ip6 ${plan.host.table}; nft delete table ip ${plan.host.table}
done`,
    );
  });
});

/** Settings that contradict each other (CIDRs that overlap) make no plan. */
function planOf(env: Record<string, string>): { plan: ClusterPlan; env: Record<string, string> }[] {
  try {
    const { settings } = readEnvironment({ HOME: '/nonexistent', ...env }, '/nonexistent');
    return [
      {
        plan: samplePlan({
          settings: settingsOfCluster({ settings }),
          addressing: { ...sampleInputs.addressing, ...chooseCidrs(settings, []), nat64Prefix: settings.nat64Prefix },
        }),
        env,
      },
    ];
  } catch {
    return [];
  }
}
