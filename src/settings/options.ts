import { parseSettings, resolveEnvironment } from './environment.js';
import { readUserPaths } from './paths.js';
import { definitions } from './definitions.js';
import { SettingsError } from './problem.js';
import { findContradictions } from './cross-checks.js';
import type { Environment, Given, Settings } from './types.js';

/**
 * What a program asks of a cluster: the settings of docs/settings.md by the names that they have here. What is left out has its default, or is what the
 * cluster was made with. Nothing is read from `process.env` or from a `.env` file.
 */
export interface ClusterOptions {
  /** DIND_CLUSTER_NAME: the first part of all names. Default `kubeadm-dind`. */
  name?: string | undefined;
  /** DIND_NUM_WORKERS: nodes beside the control plane; with 0 that one takes pods. Default 2. */
  workers?: number | undefined;
  /** DIND_ALLOW_AAAA_USE: `true` reaches IPv6 sites directly, `false` (default) all sites as IPv4 through NAT64, `auto` decides by what the engine host has. */
  allowAaaaUse?: boolean | 'auto' | undefined;
  /** DIND_K8S_VERSION: a minor version such as `1.37`. */
  kubernetesVersion?: string | undefined;
  /** DIND_NODE_IMAGE: any image that fulfils the contract of docs/node-images.md. */
  nodeImage?: string | undefined;
  /** DIND_IMAGE_SOURCE. Default `auto`: pulled where a registry answers, else built. */
  imageSource?: Settings['imageSource'] | undefined;
  /** DIND_NODE_CIDR, DIND_POD_CIDR, DIND_SERVICE_CIDR, DIND_NAT64_PREFIX: IPv6 CIDRs as text. */
  nodeCidr?: string | undefined;
  podCidr?: string | undefined;
  serviceCidr?: string | undefined;
  nat64Prefix?: string | undefined;
  /** DIND_NAT64_ENGINE. Default `auto`. */
  nat64Engine?: Exclude<Settings['nat64Engine'], undefined> | undefined;
  /** DIND_NAT64_DENY: IPv4 CIDRs that are never translated to. */
  nat64Deny?: readonly string[] | undefined;
  /** DIND_SNAT_ADDRESS: an IPv6 address of the engine host's. */
  snatAddress?: string | undefined;
  /** DIND_CHECK_TARGETS: `name[:port]` of each; `none` turns that part of the check off. */
  checkTargets?: readonly string[] | 'none' | undefined;
  /** DIND_TIMEOUT, in milliseconds, by whole seconds: scales every wait. Default 300,000. */
  timeoutMs?: number | undefined;
  /** DIND_DNS64_UPSTREAMS: addresses of resolvers, of either family. */
  dns64Upstreams?: readonly string[] | undefined;
  /** DIND_DNS64_NAT64_ZONES: names that never use their AAAA. */
  dns64Nat64Zones?: readonly string[] | undefined;
  /** DIND_CNI: `ptp` (default), `none`, or the path or URL of a manifest. */
  cni?: string | undefined;
  /** DIND_ENGINE. Default `auto`. */
  engine?: Settings['engine'] | undefined;
  /** DIND_API_PORT: of the engine host's loopback. */
  apiPort?: number | undefined;
  /** DIND_KUBECONFIG: a file that the context is merged into. Default: none is touched. */
  kubeconfig?: string | undefined;
}

const settingOf = {
  name: 'clusterName',
  workers: 'numWorkers',
  allowAaaaUse: 'allowAaaaUse',
  kubernetesVersion: 'k8sVersion',
  nodeImage: 'nodeImage',
  imageSource: 'imageSource',
  nodeCidr: 'nodeCidr',
  podCidr: 'podCidr',
  serviceCidr: 'serviceCidr',
  nat64Prefix: 'nat64Prefix',
  nat64Engine: 'nat64Engine',
  nat64Deny: 'nat64Deny',
  snatAddress: 'snatAddress',
  checkTargets: 'checkTargets',
  timeoutMs: 'timeoutMs',
  dns64Upstreams: 'dns64Upstreams',
  dns64Nat64Zones: 'dns64Nat64Zones',
  cni: 'cni',
  engine: 'engine',
  apiPort: 'apiPort',
  kubeconfig: 'kubeconfig',
} as const satisfies Record<keyof ClusterOptions, keyof Settings>;

/**
 * Options as the settings, paths and engine variables that commands work with. `env`: what finds the engine, proxies and caches (`DOCKER_HOST`, `HTTP_PROXY`,
 * `XDG_CACHE_HOME`, ...); settings in it are not looked at. Throws SettingsError that lists all problems at once.
 */
export function readOptions(
  options: ClusterOptions,
  env: Readonly<Record<string, string | undefined>> = {},
  directory = process.cwd(),
): Environment {
  const unknown = Object.keys(options).filter((name) => !Object.hasOwn(settingOf, name));
  const given = new Map(
    Object.entries(settingOf).flatMap(([name, field]): [string, Given][] => {
      const value: unknown = options[name as keyof ClusterOptions];
      return value === undefined
        ? []
        : [[definitions[field].name, { value: spell(field, value), source: `options.${name}` }]];
    }),
  );
  // No file of the user's is touched unless it is named.
  const paths = { ...readUserPaths(env), kubeconfigs: [] };
  const { settings, problems } = parseSettings(given, paths, directory);
  const all = [
    ...problems,
    ...findContradictions(settings, given),
    ...unknown.map((name) => ({ name: `options.${name}`, source: 'options', text: 'there is no such option' })),
  ];
  if (all.length > 0) throw new SettingsError(all);
  return resolveEnvironment({ settings: settings as Settings, given, paths, env, notices: [] });
}

/** As the setting is written in the environment. */
function spell(field: keyof Settings, value: unknown): string {
  if (field === 'timeoutMs') return `${Number(value) / 1000}s`;
  return Array.isArray(value) ? value.join(',') : String(value);
}
