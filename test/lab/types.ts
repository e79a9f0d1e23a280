import type { LabEngineOptions } from './engine.js';

/** What the engine host's uplink carries: both families; IPv4 alone as on a hosted CI runner; IPv6 alone. */
export type LabProfile = 'dual' | 'v4only' | 'v6only';

/** Network namespaces of a lab. `mtu1280` and `mtu1400` hold the sites behind a narrow link. */
export type LabNamespace = 'host' | 'internet' | 'mtu1280' | 'mtu1400';

/** What a test can choose of its engine. */
type LabEngineChoice = Pick<LabEngineOptions, 'imageStore' | 'dockerd' | 'daemonJson' | 'seed' | 'k8sVersion'>;

export interface LabOptions {
  profile: LabProfile;
  /** Part of every name the lab makes: `[a-z0-9-]`, at most 20 characters. Default: a fresh one. */
  instance?: string;
  /** How the host gets its IPv6 address and default route: by hand, or from router advertisements of a real radvd. Default `static`. */
  ipv6Setup?: 'static' | 'router-advertisement';
  /** How long an advertised default route lasts, in whole seconds, 8 s or more; the router repeats itself twice in that time. Default half an hour. */
  advertisedLifetimeMs?: number;
  /** A second link to the internet, eth1 with the addresses of `secondUplink` and no default route: a test moves that itself. Default false. */
  secondUplink?: boolean;
  /** Families of the host's resolvers. Default: those of the profile. */
  resolvers?: 'ipv4' | 'ipv6' | 'both';
  /**
   * What the engine host is. `namespace` (default): the host namespace itself. `tap`: a machine of the test's own, whose
   * network card is `tap0` in the host namespace; it configures itself with the addresses of `hostAddresses` and, for the
   * advertised one, the MAC address of `uplink.host`. `host` and `exec('host')` have no network then, and there is no engine.
   */
  engineHost?: 'namespace' | 'tap';
  /** MTU of the uplink, default 1500. */
  uplinkMtu?: number;
  /** Start a Docker engine on the engine host (test/lab/engine.ts): `true` for its defaults. Default `false`. */
  engine?: boolean | LabEngineChoice;
  /** Whether the lab ends with this process: its record then counts as stale when the process is gone. Default true. */
  owned?: boolean;
  onLine?: (line: string) => void;
  signal?: AbortSignal;
}

export interface LabCommandOptions {
  env?: Record<string, string>;
  cwd?: string;
  stdin?: string;
  timeoutMs?: number;
  signal?: AbortSignal;
  onLine?: (line: string, stream: 'stdout' | 'stderr') => void;
  /** `lab.host` only: numeric user and group to run as, with HOME from `env`. Default root. */
  user?: { uid: number; gid: number; groups?: number[] };
}

/** Never thrown for an exit code. A command that ran into `timeoutMs` or its signal has `exitCode` 124. */
export interface LabCommandResult {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/** A fault that can be switched on and off; both are idempotent. */
export interface LabSwitch {
  on(): Promise<void>;
  off(): Promise<void>;
}

/** Packets the internet's router refused because of their source, seen from the engine host's uplink. `kind`: uniqueLocal, privateIpv4, nat64Pool or otherForeign. */
export interface LabLeak {
  kind: string;
  source: string;
  target: string;
  protocol: string;
  packets: number;
}

export interface Lab extends AsyncDisposable {
  readonly instance: string;
  readonly profile: LabProfile;
  /** `unix:///...`; undefined without an engine. */
  readonly engineEndpoint: string | undefined;
  /** Paths below /run/netns. */
  readonly hostNamespace: string;
  readonly internetNamespace: string;
  readonly namespaces: Readonly<Record<LabNamespace, string>>;
  /** `<record>/`: logs, configurations, CA; gone after stop. */
  readonly directory: string;
  /** Addresses of the engine host on its uplink; undefined where the profile has none. */
  readonly hostAddresses: { ipv4: string | undefined; ipv6: string | undefined };
  readonly resolvers: readonly string[];
  /** The CA that signed the certificates of every site and of the registry. */
  readonly ca: { path: string; pem: string };
  /** Runs a program of the lab's own root filesystem (dig, curl, socat, ping, tcpdump, nft, ip, busybox) in one of its network namespaces, or in one by its path (a pod's). */
  exec(
    namespace: LabNamespace | `/${string}`,
    argv: readonly string[],
    options?: LabCommandOptions,
  ): Promise<LabCommandResult>;
  /** Runs a program of this machine as if on the engine host: its network, its resolvers, DOCKER_HOST. */
  host(argv: readonly string[], options?: LabCommandOptions): Promise<LabCommandResult>;
  /** argv that makes a program of this machine run as `host` does, for long-running or interactive ones. */
  hostArgv(argv: readonly string[], options?: Pick<LabCommandOptions, 'user'>): string[];
  /** The resolver that the host uses. `stop`: its port is closed (ICMP port unreachable). */
  readonly dns: { stop(): Promise<void>; start(): Promise<void>; silence: LabSwitch; flush(): Promise<void> };
  /** Authority, resolver, web, registry ... by name. */
  readonly servers: { names(): string[]; stop(name: string): Promise<void>; start(name: string): Promise<void> };
  readonly faults: {
    /** The internet drops all ICMP and ICMPv6 of sites and routers (neighbour discovery goes on). */
    dropIcmp: LabSwitch;
    /** The uplink loses its carrier. */
    unplug: LabSwitch;
    /** The internet silently drops all IPv4, or all IPv6 but neighbour discovery, from the host. */
    dropIpv4: LabSwitch;
    dropIpv6: LabSwitch;
  };
  /** Packets with sources that must not leave a host, counted since the lab's start or the last `resetLeaks`. */
  leaks(): Promise<LabLeak[]>;
  resetLeaks(): Promise<void>;
  stop(): Promise<void>;
}
