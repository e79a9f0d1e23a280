import type { ContainerSpec, NetworkSpec } from '../engine/types.js';
import type { IpAddress, Ipv4Cidr, Ipv6Address, Ipv6Cidr } from '../net/types.js';
import type { AaaaUse, CheckTarget, Nat64Engine } from '../settings/types.js';
import type { Attached, SharedChange } from './record.js';

export type { SharedChange } from './record.js';

/** Facts about the engine host, read by a short-lived container in its network namespace (host/facts.ts). */
export interface HostFacts {
  /** Interfaces with their addresses (`address/length` kept apart) and MTU. */
  links: {
    name: string;
    /** What it is made as (`bridge`, `veth`, `wireguard`); a card has none. */
    kind?: string | undefined;
    mtu: number;
    up: boolean;
    addresses: { address: IpAddress; length: number; scope: string }[];
  }[];
  routes: {
    family: 4 | 6;
    destination: string;
    device: string;
    gateway?: string | undefined;
    protocol: string;
    metric: number;
    table: string;
  }[];
  sysctls: {
    ipv4Forwarding: boolean;
    ipv6Forwarding: boolean;
    /** Interface -> value, for interfaces that exist. */
    acceptRa: Record<string, number>;
    ipv6Disabled: boolean;
    /** net.ipv6.conf.default.forwarding; absent means as `ipv6Forwarding`. */
    ipv6DefaultForwarding?: boolean;
    /** Interfaces whose own IPv6 forwarding is on: turning `all` off would turn these off too. */
    forwardingInterfaces?: string[];
  };
  /** Which ip6tables the engine's own rules are in; `none`: no rules of an engine seen. */
  rulesBackend: 'nft' | 'legacy' | 'none';
  /** Policy of ip6tables FORWARD in that backend; undefined: no such chain. */
  forwardPolicy: { ipv4: string | undefined; ipv6: string | undefined };
  /** Other nftables tables with a base chain on the forward hook, e.g. `inet firewalld`. */
  foreignForwardTables: string[];
  /** What in those tables drops or rejects forwarded packets: its policy, or a rule's text as `nft list` prints it. */
  forwardDrops?: { table: string; chain: string; rule: string }[];
  /** The chains of those tables, and of the iptables backend that the engine does not use: to tell what surely drops. */
  foreignChains?: FirewallChain[];
  /** Whether the engine's own packet rules of a family are there. */
  engineRules?: { ipv4: boolean; ipv6: boolean };
  /** Rules that drop what comes from where the host would not send it, of frames that pass a bridge as well. */
  reversePathDrops?: { table: string; chain: string; rule: string }[];
  /** Rules of others, in any backend, that let new packets be forwarded or translate them. */
  routingRules?: { table: string; chain: string; rule: string }[];
  /** Mount points of the engine's file systems, in the order in which they were mounted. */
  mounts?: { point: string; type: string }[];
  /** Whether [::1] exists on the engine host. */
  ipv6Loopback: boolean;
  /** The kernel has eBPF, and an engine there can give a container the capabilities for it. */
  bpf: boolean;
  /** TCP ports on 127.0.0.1 and ::1 that are free, for the API. */
  freePorts: number[];
  /** Which of the asked ports are taken. */
  takenPorts: number[];
  /** Whether the engine host can give CAP_SYS_RESOURCE to a container. */
  capSysResource: boolean;
  /** nameserver lines that the engine hands to its embedded resolver, as far as they can be seen. */
  resolvers: string[];
  inotify: { maxUserWatches: number; maxUserInstances: number };
}

/** One chain of a packet filter. `hook`, `policy`: of base chains. */
export interface FirewallChain {
  table: string;
  name: string;
  hook: string | undefined;
  policy: string | undefined;
  rules: FirewallRule[];
}

export interface FirewallRule {
  /** As `nft list` prints it. */
  text: string;
  /** As `nft -j list` does (libnftables-json(5)): what is matched, and then what is done. Each has one key. */
  statements: {
    match?: { op: string; left: { meta?: NftKey; ct?: NftKey; payload?: { protocol?: string } }; right: unknown };
    vmap?: { key: { ct?: NftKey }; data: { set?: [unknown, object][] } | string };
    jump?: { target: string };
    goto?: { target: string };
    reject?: { type?: string } | null;
    /** An extension of iptables. */
    xt?: { type: string; name: string } | null;
    [others: string]: unknown;
  }[];
}

interface NftKey {
  key: string;
}

/** A node without what it is derived from with the rest of the plan. */
export interface BareNode {
  name: string;
  role: 'control-plane' | 'worker';
  /** Last hextet of its address: control plane 2, workers from 3. */
  index: number;
  address: Ipv6Address;
  podCidr: Ipv6Cidr;
  macAddress: string;
}

export type NamedContainerSpec = ContainerSpec & { name: string };

export interface NodePlan extends BareNode {
  /** `undefined`: another tool makes it. */
  container: NamedContainerSpec | undefined;
  routes: RoutePlan[];
}

/** A route of a node. `via` undefined: unreachable. */
export interface RoutePlan {
  destination: Ipv6Cidr | 'default';
  via: Ipv6Address | undefined;
  /** Undefined: the kernel's. */
  metric: number | undefined;
  /** What is behind it, for people. */
  leadsTo: string;
  /** Who makes it: the node's start-up, or the engine, when it connects the node. */
  madeBy: 'node' | 'engine';
}

export interface HelperPlan {
  name: string;
  address: Ipv6Address;
  macAddress: string;
  egressMacAddress: string;
  configVolume: string;
  image: string;
}

/** The cluster's rules on the engine host. */
export interface HostRulesPlan {
  /** Of the node network. */
  bridge: string;
  /** Of the helpers' network. */
  egressBridge: string;
  nodeCidr: Ipv6Cidr;
  /** nftables table, which bears the cluster's name. */
  table: string;
  /** On the bridge: where the nodes' default route leads, an address that only the guard gives. */
  gateway: Ipv6Address;
  snatAddress: IpAddress | undefined;
  /** Never forwarded to: cloud metadata. */
  refusedDestinations: Ipv6Cidr[];
}

/** All that concerns the engine host: rules, sysctls, and the container that guards them and keeps the record. */
export interface HostPlan extends HostRulesPlan {
  /** What the making of the networks changes there, by us or by the engine, with what was there before. */
  changes: readonly SharedChange[];
  /** Volumes that hold what was there before. */
  changeVolumes: readonly string[];
  /** Keeps the record, guards the host (plan/containers/host.ts). */
  container: string;
  configVolume: string;
}

/** Every name, address, file text, route and rule of a cluster: plain data. Rule 1: if a test cannot print it, it is not in the plan. */
export interface ClusterPlan {
  clusterName: string;
  /** The cluster of another tool's that the helpers are attached to; `undefined`: the cluster is dind64's own. */
  attached: Attached | undefined;
  mode: { requested: AaaaUse; aaaa: boolean; reason: string };
  k8sVersion: string;
  timeoutMs: number;
  nodeNetwork: { name: string; bridge: string; cidr: Ipv6Cidr; gateway: Ipv6Address; mtu: number };
  egressNetwork: { name: string; bridge: string; mtu: number };
  podCidr: Ipv6Cidr;
  serviceCidr: Ipv6Cidr;
  /** The tenth address of the service CIDR, kubeadm's rule. */
  clusterDns: Ipv6Address;
  nat64: HelperPlan & {
    prefix: Ipv6Cidr;
    /** Wanted; which one works is the container's to say. */
    engine: Nat64Engine;
    /** A file system of type bpf, which `tc` asks for to load a program; `undefined`: not on this host. */
    bpfVolume: string | undefined;
    /** Exists only inside the container. */
    pool: Ipv4Cidr;
    /** Never translated to, all of them: fixed ranges, the engine's networks, the user's list; RFC 6052 3.1 with the well-known prefix. */
    deny: Ipv4Cidr[];
  };
  dns64: HelperPlan & { upstreams: IpAddress[]; nat64Zones: string[] };
  api: HelperPlan & { port: number; publishIpv6: boolean };
  nodes: NodePlan[];
  networks: { node: NetworkSpec; egress: NetworkSpec };
  containers: Record<'host' | 'dns64' | 'nat64' | 'api', NamedContainerSpec>;
  nodeImage: string;
  /** Exact version that the node image holds: `v1.37.2`. */
  kubernetesVersion: string;
  /** Volume with the unpacked component images of the node image, mounted read-only on every node. */
  componentStore: string;
  /** Debian with network tools: short-lived host containers and the check's pod. */
  baseImage: string;
  cni: { kind: 'ptp' } | { kind: 'none' } | { kind: 'manifest'; source: string };
  /** Facts that change what goes into a node. */
  nodeTraits: { cgroupVersion: '1' | '2'; devMapper: boolean; userNamespaceHost: boolean };
  host: HostPlan;
  checkTargets: CheckTarget[] | 'none';
  kubeconfig: { context: string; server: string };
  /** Names of the proxy variables that nodes get; their values may hold a password and are not in the plan. */
  proxy: string[];
}

/** The plan before containers, networks and routes are derived from it. */
export type PlanCore = Omit<ClusterPlan, 'nodes' | 'networks' | 'containers'> & { nodes: BareNode[] };

/** A change to an engine host, with what was there before. `rules` belongs to one cluster; what the others change is shared by all. */
export type HostChange = SharedChange | { kind: 'rules'; chains: { forward: string; postrouting: string } };
