import { DindError } from '../errors.js';
import type { Addressing, ClusterRecord, ClusterSettings } from '../plan/record.js';
import { hideCredentials } from '../settings/credentials.js';
import { definitions } from '../settings/definitions.js';
import type { Environment, Settings } from '../settings/types.js';
import type { Context } from './context.js';
import { howTo } from '../how-to.js';

/** The settings that a cluster's record holds; the others are of one command (where it prints, which engine it uses) or addresses. */
const recorded = [
  'ipMode',
  'numWorkers',
  'k8sVersion',
  'nodeImage',
  'imageSource',
  'nat64Engine',
  'nat64Deny',
  'snatAddress',
  'checkTargets',
  'timeoutMs',
  'dns64Upstreams',
  'dns64Nat64Zones',
  'cni',
  'kubeconfig',
] as const satisfies readonly (keyof Settings & keyof ClusterSettings)[];

/**
 * The context of a command on a cluster that is there: settings that are not given now are the record's, so that nothing has to be said twice. What is given
 * now stays as it is; whether it may be is the verb's to say.
 */
export function adoptRecord<C extends Pick<Context, 'environment'>>(context: C, record: ClusterRecord | undefined): C {
  if (record === undefined) return context;
  const { environment } = context;
  const kept = recorded.filter((field) => !environment.given.has(field));
  const settings = {
    ...environment.settings,
    ...Object.fromEntries(kept.map((field) => [field, record.settings[field]])),
  };
  return { ...context, environment: { ...environment, settings } };
}

/** What a record keeps of settings. */
export function settingsOfCluster({ settings }: Pick<Environment, 'settings'>): ClusterSettings {
  const picked = Object.fromEntries(recorded.map((field) => [field, settings[field]])) as Pick<
    Settings,
    (typeof recorded)[number]
  >;
  const { cni } = settings;
  return {
    ...picked,
    clusterName: settings.clusterName,
    nat64Engine: settings.nat64Engine ?? 'auto',
    cni: cni.kind === 'manifest' ? { ...cni, source: hideCredentials(cni.source) } : cni,
  };
}

/** Settings that were given, and by what: those of before, and of now. */
export function givenOfCluster(
  { given }: Pick<Environment, 'given'>,
  before: ClusterRecord['given'] = {},
): ClusterRecord['given'] {
  const addresses = ['nodeCidr', 'podCidr', 'serviceCidr', 'nat64Prefix', 'apiPort', 'allowAaaaUse'] as const;
  const now = [...recorded, ...addresses].flatMap((field) => {
    const input = given.get(field);
    return input === undefined
      ? []
      : [[definitions[field].name, { value: hideCredentials(input.value), source: input.source }] as const];
  });
  return { ...before, ...Object.fromEntries(now) };
}

/** What of the cluster is there, and so cannot be made otherwise any more. */
export interface Made {
  networks: boolean;
  nodes: boolean;
}

/** Settings given now that a cluster cannot take while it is there: refused together, each with the way to get there. Throws DindError `cluster-differs`. */
export function refuseDifferences(environment: Environment, record: ClusterRecord, made: Made): void {
  const { given, settings } = environment;
  const { addressing, images } = record;
  const address = (field: keyof Addressing): Difference => ({ field, asked: settings[field], has: addressing[field] });
  const ofNetworks = (['nodeCidr', 'podCidr', 'serviceCidr', 'nat64Prefix', 'apiPort'] as const).map(address);
  const ofNodes: Difference[] = [
    { field: 'cni', asked: describeCni(settings.cni), has: describeCni(record.settings.cni) },
    { field: 'nodeImage', asked: settings.nodeImage, has: images.node },
    // With an image given, the image decides.
    ...(given.has('nodeImage')
      ? []
      : [{ field: 'k8sVersion' as const, asked: settings.k8sVersion, has: record.settings.k8sVersion }]),
  ];
  const differing = ({ field, asked, has }: Difference): boolean => given.has(field) && asked !== has;
  const networks = made.networks ? ofNetworks.filter(differing) : [];
  const nodes = made.nodes ? ofNodes.filter(differing) : [];
  if (networks.length + nodes.length === 0) return;
  const verb = networks.length > 0 ? 'clean' : 'down';
  const wanted = [...networks, ...nodes]
    .map(({ field, asked }) => `${definitions[field].name}=${String(asked)}`)
    .join(' ');
  throw new DindError({
    code: 'cluster-differs',
    source: 'user',
    exitCode: 2,
    doing: `completing the cluster ${settings.clusterName}`,
    observed: [...networks, ...nodes]
      .map(
        ({ field, asked, has }) =>
          `it was made with ${definitions[field].name}=${String(has)}, not ${String(asked)} (${given.get(field)?.source ?? ''})`,
      )
      .join('\n'),
    hint: `take the setting back; or make it anew: ${howTo(verb)} && ${howTo('up', hideCredentials(wanted))}; or make a second cluster beside it: another DIND_CLUSTER_NAME`,
  });
}

interface Difference {
  field: keyof Settings;
  asked: unknown;
  has: unknown;
}

function describeCni(cni: Settings['cni']): string {
  return cni.kind === 'manifest' ? hideCredentials(cni.source) : cni.kind;
}

/** Settings of the record that are not given now, as `NAME=value`, for people. */
export function listKeptSettings({ given }: Pick<Environment, 'given'>, record: ClusterRecord | undefined): string[] {
  const now = new Set([...given.keys()].map((field) => definitions[field].name as string));
  return Object.entries(record?.given ?? {})
    .filter(([name]) => !now.has(name) && name !== definitions.allowAaaaUse.name)
    .map(([name, { value }]) => `${name}=${value}`);
}
