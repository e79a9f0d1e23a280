import { prepareHost } from '../host/prepare.js';
import { listHostChanges } from '../host/record.js';
import { restoreHost as restoreHostFromRecord } from '../host/restore.js';
import { ensureHostRules, removeHostRules } from '../host/rules.js';
import { describeChange } from '../host/changes.js';
import type { RemovalContext, RemovalStep, StepContext, StepResult, UpStep } from '../cluster/step.js';

/** Before the first network: the engine itself turns forwarding on and sets FORWARD to DROP when it makes one. */
export const recordHost: UpStep = {
  id: 'host-record',
  title: 'host state recorded',
  after: [],
  run: async ({ engine, plan, info, signal }) => {
    const { changes } = plan.host;
    await prepareHost(
      engine,
      plan.baseImage,
      { clusterName: plan.clusterName, changes, firewallBackend: info.firewallBackend },
      signal,
    );
    return changes.length === 0
      ? { result: 'unchanged' }
      : { result: 'done', text: changes.map(describeChange).join('; ') };
  },
};

/** Mode `true`: forwarding and masquerade for the cluster's own prefix. */
export const installHostRules: UpStep = {
  id: 'host-rules',
  title: 'host rules',
  after: ['node-network'],
  run: async (context) =>
    context.plan.mode.aaaa ? installRules(context) : { result: 'skipped', text: 'AAAA use is off' },
};

/** A cluster whose mode was `true` before: its rules go when no node has a way out any more. */
export const dropHostRules: UpStep = {
  id: 'host-rules-off',
  title: 'host rules of the former mode',
  after: ['nodes', 'host-rules'],
  run: async (context) => (context.plan.mode.aaaa ? { result: 'skipped' } : uninstallRules(context)),
};

export const uninstallHostRules: RemovalStep = {
  id: 'host-rules',
  title: 'host rules removed',
  after: ['nodes'],
  run: uninstallRules,
};

/** The last of `clean`: what clusters share goes back to what it was, unless somebody else needs it; then it stays and `clean` says so. */
export const restoreHost: RemovalStep = {
  id: 'host-restore',
  title: 'host restored',
  after: ['networks'],
  run: async ({ engine, baseImage, clusterName, reporter, signal }) => {
    if ((await listHostChanges(engine, clusterName)).length === 0) return { result: 'unchanged' };
    const { restored, kept } = await restoreHostFromRecord(engine, await baseImage(), clusterName, signal);
    for (const { text } of kept) reporter.report({ type: 'notice', level: 'info', text });
    return restored.length === 0
      ? { result: 'unchanged' }
      : { result: 'done', text: restored.map(describeChange).join('; ') };
  },
};

/** `facts` absent: the rules' place is found by the engine's own rules alone. */
export type RulesContext = Pick<StepContext, 'engine' | 'plan' | 'signal'> & {
  facts?: Pick<StepContext['facts'], 'rulesBackend'>;
  info: Pick<StepContext['info'], 'firewallBackend'>;
};

export async function installRules({ engine, plan, facts, info, signal }: RulesContext): Promise<StepResult> {
  const { changed } = await ensureHostRules(
    engine,
    plan.baseImage,
    {
      clusterName: plan.clusterName,
      host: plan.host,
      firewallBackend: info.firewallBackend,
      rulesBackend: facts?.rulesBackend ?? 'none',
    },
    signal,
  );
  return {
    result: changed ? 'done' : 'unchanged',
    text: `${plan.host.chains.forward}, ${plan.host.chains.postrouting}`,
  };
}

export async function uninstallRules({ engine, baseImage, clusterName, signal }: RemovalContext): Promise<StepResult> {
  // Without a record there is nothing to do, and no image to make for it.
  if (!(await listHostChanges(engine, clusterName)).some(({ change }) => change.kind === 'rules'))
    return { result: 'unchanged' };
  await removeHostRules(engine, await baseImage(), clusterName, signal);
  return { result: 'done' };
}
