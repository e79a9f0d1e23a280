import { refuseAttached } from '../cluster/access.js';
import { adoptRecord } from '../cluster/adopt.js';
import type { Context } from '../cluster/context.js';
import { readRecord } from '../cluster/record.js';
import type { PlanResult } from '../cluster/results.js';
import { refuseWithoutRecord } from '../cluster/running.js';
import { DindError } from '../errors.js';
import type { Engine } from '../engine/types.js';
import { findBaseImage } from '../images/ensure.js';
import { readBaseRecipe, readHelperRecipe } from '../images/catalog.js';
import { chooseCidrs } from '../plan/addressing.js';
import { createPlan } from '../plan/create-plan.js';
import type { ClusterImages, ClusterRecord } from '../plan/record.js';
import { decideMode } from '../steps/mode.js';
import { surveyHost } from '../steps/survey.js';
import { composeRecord } from './contexts.js';
import { howTo } from '../how-to.js';

/**
 * What `up` would do. Facts are read with the base image where the engine has it; without one, or without an engine, the plan says what is unknown.
 * Makes, pulls and changes nothing.
 */
export async function plan(context: Context): Promise<PlanResult> {
  const engine = await context.connect().catch((error: unknown) => {
    if (error instanceof DindError && ['engine-not-found', 'engine-stopped'].includes(error.code)) return undefined;
    throw error;
  });
  if (engine === undefined) return assume(context, 'no engine answers, so these are assumed:');
  const record = await readRecord(engine, context.environment.settings.clusterName);
  if (record === undefined) await refuseWithoutRecord(engine, context.environment.settings.clusterName);
  refuseAttached(record, 'planning the cluster');
  const adopted = adoptRecord(context, record);
  const base = record?.images.base ?? (await findBaseImage(engine));
  return base === undefined
    ? assume(
        adopted,
        `the base image, with which the engine host is looked at, is not there yet (\`${howTo('images')}\` makes it), so these are assumed:`,
      )
    : planWithFacts(adopted, engine, base, record);
}

async function planWithFacts(
  context: Context,
  engine: Engine,
  baseImage: string,
  record: ClusterRecord | undefined,
): Promise<PlanResult> {
  const survey = await surveyHost(context, { engine, baseImage, record });
  const mode = await decideMode(context, survey);
  const images = record !== undefined && survey.made.nodes ? record.images : await imagesToBe(context);
  return {
    plan: createPlan(composeRecord(context, survey, { mode, images, digests: record?.digests ?? {} })),
    unknown: record === undefined ? ['the component store (made with the node image)'] : [],
  };
}

async function assume(context: Context, why: string): Promise<PlanResult> {
  const { settings } = context.environment;
  const requested = settings.allowAaaaUse ?? 'false';
  const record = composeRecord(
    context,
    {
      addressing: { ...chooseCidrs(settings, []), nat64Prefix: settings.nat64Prefix, apiPort: settings.apiPort ?? 0 },
      mtu: 1500,
      hostChanges: [],
      hostChangeVolumes: [],
      record: undefined,
      info: {
        cgroupVersion: '2',
        storageDriver: 'overlay2',
        userNamespaceRemap: false,
        firewallBackend: 'iptables',
      },
      facts: { ipv6Loopback: true, bpf: true },
      networks: [],
    },
    {
      mode: {
        requested,
        aaaa: requested === 'true',
        reason: requested === 'auto' ? 'auto: not decided without facts' : `DIND_ALLOW_AAAA_USE=${requested}`,
      },
      images: await imagesToBe(context),
      digests: {},
    },
  );
  return {
    plan: createPlan(record),
    unknown: [
      why,
      'CIDRs that the engine or its host already use',
      'the port of the API',
      'the MTU of the uplinks (1500)',
      'IPv6 egress, which `true` needs and `auto` is decided by',
      'the engine’s networks, which NAT64 refuses',
      'cgroup version (2) and storage driver of the engine',
    ],
  };
}

/** As `up` would name them, were it to make them now. */
async function imagesToBe(context: Context): Promise<ClusterImages> {
  const { settings } = context.environment;
  const { reference: base } = await readBaseRecipe('');
  const reference = async (name: 'dns64' | 'nat64' | 'api'): Promise<string> =>
    (await readHelperRecipe(name, base)).reference;
  const [dns64, nat64, api] = await Promise.all([reference('dns64'), reference('nat64'), reference('api')]);
  return {
    base,
    dns64,
    nat64,
    api,
    node: settings.nodeImage ?? `the node image of Kubernetes ${settings.k8sVersion}`,
    kubernetesVersion: `v${settings.k8sVersion}`,
    componentStore: 'dind64-components',
  };
}
