import type { Ipv6Cidr, IpAddress, Ipv4Cidr } from '../net/types.js';

export type AaaaUse = 'true' | 'false' | 'auto';

/** `auto`: eBPF where the kernel takes it, else tayga. */
export type Nat64Engine = 'auto' | 'ebpf' | 'tayga';

/** A host[:port] that the connectivity check tries. `port` absent means TCP 443, then 80. */
export interface CheckTarget {
  name: string;
  port?: number;
}

/** All settings, parsed and checked. Every field is described in .env.example and docs/settings.md (held together by a test). */
export interface Settings {
  clusterName: string;
  /** `undefined` when the user gave none: a running cluster then keeps its mode, a new one gets `false`. */
  allowAaaaUse: AaaaUse | undefined;
  ipMode: 'ipv6';
  numWorkers: number;
  /** Minor version such as `1.37`. */
  k8sVersion: string;
  /** Whether the user gave DIND_K8S_VERSION. */
  nodeImage: string | undefined;
  imageSource: 'auto' | 'pull' | 'build';
  /** `undefined`: the plan derives it (defaults for the default name, from the name otherwise). */
  nodeCidr: Ipv6Cidr | undefined;
  podCidr: Ipv6Cidr | undefined;
  serviceCidr: Ipv6Cidr | undefined;
  nat64Prefix: Ipv6Cidr;
  /** `undefined` when the user gave none: a running cluster then keeps what it has. */
  nat64Engine: Nat64Engine | undefined;
  /** Final list: the default, the default plus what a leading `+` added, or what the user gave instead. */
  nat64Deny: Ipv4Cidr[];
  snatAddress: IpAddress | undefined;
  /** `none` turns the check off. `undefined`: the default names. */
  checkTargets: CheckTarget[] | 'none' | undefined;
  /** Milliseconds; default 300000. Every wait is a share of it. */
  timeoutMs: number;
  /** Empty: the engine host's resolvers. */
  dns64Upstreams: IpAddress[];
  /** Names (without trailing dot) that never use their AAAA. */
  dns64Nat64Zones: string[];
  /** `ptp`, `none`, or the path or URL of a manifest. */
  cni: { kind: 'ptp' } | { kind: 'none' } | { kind: 'manifest'; source: string };
  engine: 'auto' | 'docker' | 'embedded';
  apiPort: number | undefined;
  /** Path of the kubeconfig to merge into; `undefined`: as client-go finds it (KUBECONFIG list, else ~/.kube/config). */
  kubeconfig: string | undefined;
  output: 'auto' | 'tty' | 'plain' | 'json';
  logLevel: 'trace' | 'debug' | 'info' | 'warn' | 'error';
}

/** Where the user's files are; read once, by settings, from the environment. */
export interface UserPaths {
  home: string;
  /** Caches by content: `$XDG_CACHE_HOME/dind64`, else `~/.cache/dind64`; for root, where that is not root's alone, `/var/cache/dind64`. */
  cache: string;
  /** Logs, dumps and small state: `$XDG_STATE_HOME/dind64`, else `~/.local/state/dind64`; for root, where that is not root's alone, `/var/lib/dind64`. */
  state: string;
  /** The kubeconfig files in client-go's order (KUBECONFIG list, else `~/.kube/config`). */
  kubeconfigs: string[];
}

/** What Docker's own client would read from the environment to find and use an engine, and what builds and nodes inherit. */
export interface EngineEnvironment {
  dockerHost: string | undefined;
  dockerContext: string | undefined;
  dockerConfig: string;
  dockerCertPath: string | undefined;
  dockerTlsVerify: boolean;
  /** HTTP_PROXY, HTTPS_PROXY, NO_PROXY, ALL_PROXY, either case, that are set and not empty. */
  proxy: Record<string, string>;
  /** Path of the CA bundle the user's tools trust (SSL_CERT_FILE, else NODE_EXTRA_CA_CERTS), if any. */
  caBundle: string | undefined;
}

/** A value the user gave, and where: `environment`, `.env:LINE`. */
export interface Given {
  value: string;
  source: string;
}

export interface Environment {
  settings: Settings;
  /** Which of them the user gave; the others are defaults, or what the cluster's record says (cluster/adopt.ts). */
  given: ReadonlyMap<keyof Settings, Given>;
  paths: UserPaths;
  engine: EngineEnvironment;
  notices: string[];
}
