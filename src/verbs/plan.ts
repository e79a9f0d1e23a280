import { DindError } from '../errors.js';
import { readHelperRecipe } from '../images/catalog.js';
import { ensureBaseImage } from '../images/ensure.js';
import { chooseCidrs } from '../plan/addressing.js';
import { createPlan } from '../plan/create-plan.js';
import type { ClusterPlan } from '../plan/types.js';
import { hideCredentials } from '../settings/credentials.js';
import type { Engine } from '../engine/types.js';
import type { Context } from '../cluster/context.js';
import { decideMode } from '../steps/mode.js';
import type { PlanResult } from '../cluster/results.js';
import { surveyHost } from '../steps/survey.js';
import { imageContext, planFrom } from './contexts.js';

/** What `up` would do. With an engine, its facts are read (a base image is made for that); without one the plan says what is unknown. */
export async function plan(context: Context): Promise<PlanResult> {
  const engine = await context.connect().catch((error: unknown) => {
    if (error instanceof DindError && ['engine-not-found', 'engine-stopped'].includes(error.code)) return undefined;
    throw error;
  });
  const result = await (engine === undefined ? planWithoutEngine(context) : planWithEngine(context, engine));
  return { ...result, plan: withoutCredentials(result.plan) };
}

/** A plan is shown and kept; proxies and manifests may be given with a password. */
function withoutCredentials(plan: ClusterPlan): ClusterPlan {
  return {
    ...plan,
    proxy: Object.fromEntries(Object.entries(plan.proxy).map(([name, value]) => [name, hideCredentials(value)])),
    cni: plan.cni.kind === 'manifest' ? { ...plan.cni, source: hideCredentials(plan.cni.source) } : plan.cni,
  };
}

async function planWithEngine(context: Context, engine: Engine): Promise<PlanResult> {
  const base = await ensureBaseImage(imageContext(context, engine));
  const survey = await surveyHost(context, engine, base);
  const mode = await decideMode(context, engine, base, survey.facts);
  return {
    plan: planFrom(context.environment, survey, mode, await imageNames(context, base)),
    unknown: ['the component store (made with the node image)'],
  };
}

async function planWithoutEngine(context: Context): Promise<PlanResult> {
  const { settings, engine } = context.environment;
  const requested = settings.allowAaaaUse ?? 'false';
  const result = createPlan({
    settings,
    addressing: { ...chooseCidrs(settings, []), nat64Prefix: settings.nat64Prefix, apiPort: settings.apiPort ?? 0 },
    mode: {
      requested,
      aaaa: requested === 'true',
      reason: requested === 'auto' ? 'auto: not decided without an engine' : `DIND_ALLOW_AAAA_USE=${requested}`,
    },
    facts: { ipv6Loopback: true, bpf: true },
    mtu: 1500,
    hostChanges: [],
    engine: { cgroupVersion: '2', storageDriver: 'overlay2', backingFilesystem: undefined, userNamespaceRemap: false },
    networks: [],
    images: { ...(await imageNames(context, 'dind64/base')), kubernetesVersion: `v${settings.k8sVersion}` },
    proxy: engine.proxy,
  });
  return {
    plan: result,
    unknown: [
      'no engine answers, so these are assumed:',
      'CIDRs that the engine or its host already use',
      'the port of the API',
      'the MTU of the uplinks (1500)',
      'IPv6 egress, which `true` needs and `auto` is decided by',
      'the engine’s networks, which NAT64 refuses',
      'cgroup version (2) and storage driver of the engine',
    ],
  };
}

async function imageNames(context: Context, base: string) {
  const { settings } = context.environment;
  const [dns64, nat64, api] = await Promise.all(
    (['dns64', 'nat64', 'api'] as const).map(async (name) => (await readHelperRecipe(name, base)).reference),
  );
  const node = settings.nodeImage ?? `the node image of Kubernetes ${settings.k8sVersion}`;
  return {
    base,
    dns64: dns64 ?? '',
    nat64: nat64 ?? '',
    api: api ?? '',
    node,
    nodeVersion: `v${settings.k8sVersion}`,
    componentStore: 'dind64-components',
  };
}
