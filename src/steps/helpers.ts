import { labels } from '../labels.js';
import { updateRecord } from '../cluster/record.js';
import { describeNetworks } from '../plan/networks.js';
import { createPlan } from '../plan/create-plan.js';
import type { ClusterPlan } from '../plan/types.js';
import { renderApiFiles } from '../render/api.js';
import { renderDns64Files } from '../render/dns64.js';
import { renderNat64Files, renderNat64LiveFiles } from '../render/nat64.js';
import { ensureContainer, type Outcome, type WantedContainer } from '../cluster/ensure-container.js';
import { waitForApiForwarder } from '../cluster/helpers/helper.js';
import { switchDns64Mode, waitForDns64 } from '../cluster/helpers/dns64.js';
import { configDirectory } from '../cluster/helpers/helper.js';
import { renewResolvers } from '../cluster/helpers/dns64.js';
import { applyNat64Rules, ensureBpfVolume, readRunningNat64, waitForNat64 } from '../cluster/helpers/nat64.js';
import type { RemovalStep, StepContext, StepResult, UpStep } from '../cluster/step.js';

const networks = ['node-network', 'egress-network'];

export const startDns64: UpStep = {
  id: 'dns64',
  title: 'DNS64',
  after: networks,
  run: async (context, observe) => {
    const { engine, plan, signal } = context;
    const outcome = await ensureHelper(context, 'dns64', {
      spec: plan.containers.dns64,
      files: [],
      liveFiles: renderDns64Files(plan),
    });
    const changed = outcome !== 'created' && (await switchDns64Mode(engine, plan, plan.mode));
    await waitForDns64(engine, plan, { limitMs: plan.timeoutMs, signal, onSeen: observe });
    // The engine's embedded resolver keeps the resolvers that the host had when the container started.
    const renewed = outcome === 'unchanged' && (await renewResolvers(engine, plan, plan.timeoutMs, signal));
    return describe(outcome, changed || renewed, plan.dns64.address);
  },
};

export const startNat64: UpStep = {
  id: 'nat64',
  title: 'NAT64',
  after: networks,
  run: async (context, observe) => {
    const { engine, signal } = context;
    const plan = await withCurrentNetworks(context);
    await ensureBpfVolume(engine, plan);
    const outcome = await ensureHelper(context, 'nat64', {
      spec: plan.containers.nat64,
      files: renderNat64Files(plan),
      liveFiles: renderNat64LiveFiles(plan),
    });
    const changed = outcome !== 'created' && (await applyNat64Rules(engine, plan));
    await waitForNat64(engine, plan, { limitMs: plan.timeoutMs, signal, onSeen: observe });
    const running = await readRunningNat64(engine, plan.nat64.name);
    return describe(
      outcome,
      changed,
      `${plan.nat64.prefix} by ${running.engine}${plan.nat64.engine === 'auto' ? `: ${running.reason}` : ''}`,
    );
  },
};

export const startApi: UpStep = {
  id: 'api',
  title: 'API forwarder',
  after: networks,
  run: async (context, observe) => {
    const { engine, plan, signal } = context;
    const outcome = await ensureHelper(context, 'api', {
      spec: plan.containers.api,
      files: renderApiFiles(plan),
      liveFiles: [],
    });
    await waitForApiForwarder(engine, plan, { limitMs: plan.timeoutMs, signal, onSeen: observe });
    return describe(outcome, false, plan.kubeconfig.server);
  },
};

export const removeHelpers: RemovalStep = {
  id: 'helpers',
  title: 'helpers removed',
  after: [],
  run: async ({ engine, clusterName }, observe) => {
    // Throw-away ones too, which a killed command has left.
    const helpers = (await engine.listContainers({ [labels.cluster]: clusterName })).filter((container) =>
      ['dns64', 'nat64', 'api', 'throw-away'].includes(container.labels[labels.role] ?? ''),
    );
    await Promise.all(
      helpers.map(async (helper) => {
        await engine.removeContainer(helper.name);
        observe(helper.name);
      }),
    );
    return { result: helpers.length === 0 ? 'unchanged' : 'done' };
  },
};

/** The host's record is not among them: it goes when what it holds has been put back. */
export const removeConfigVolumes: RemovalStep = {
  id: 'config-volumes',
  title: 'volumes removed',
  after: ['helpers', 'nodes'],
  run: async ({ engine, clusterName }) => {
    const volumes = await engine.listVolumes({ [labels.cluster]: clusterName, [labels.role]: 'helper-config' });
    await Promise.all(volumes.map((volume) => engine.removeVolume(volume.name)));
    return { result: volumes.length === 0 ? 'unchanged' : 'done' };
  },
};

/** The egress network's IPv4 subnet is the engine's choice, and known only now that the network is there: the record gets it, and the plan is made of that. */
async function withCurrentNetworks({ engine, plan, record }: StepContext): Promise<ClusterPlan> {
  const networks = describeNetworks(await engine.listNetworks());
  if (JSON.stringify(networks) === JSON.stringify(record.networks)) return plan;
  return createPlan(await updateRecord(engine, plan.clusterName, { networks }));
}

async function ensureHelper(
  { engine, plan }: StepContext,
  role: 'dns64' | 'nat64' | 'api',
  wanted: Pick<WantedContainer, 'spec' | 'files' | 'liveFiles'>,
): Promise<Outcome> {
  const { configVolume } = plan[role];
  if ((await engine.findVolume(configVolume)) === undefined)
    await engine.createVolume(configVolume, { [labels.cluster]: plan.clusterName, [labels.role]: 'helper-config' });
  return ensureContainer(engine, { ...wanted, directory: configDirectory, replaceWhenDifferent: true });
}

function describe(outcome: Outcome, changed: boolean, text: string): StepResult {
  return { result: outcome === 'unchanged' && !changed ? 'unchanged' : 'done', text };
}
