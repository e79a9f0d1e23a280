import { setTimeout as delay } from 'node:timers/promises';
import { parseIpv6Address } from '../net/address.js';
import { contains } from '../net/cidr.js';
import { extractIpv4 } from '../net/embed.js';
import type { IpAddress } from '../net/types.js';
import type { Engine } from '../engine/types.js';
import type { ClusterPlan } from '../plan/types.js';
import { probeHostEgress } from './host-egress.js';
import { judgeEgress } from './judge-egress.js';
import { planClusterProbes, planEvidence, portsOf, readEvidence, readParts, readTargets } from './plan-probes.js';
import { runProbe, type ProbeOptions, type Vantage } from './run-probe.js';
import { fromContainer, fromHost } from './vantage.js';
import type { Evidence, JudgeInput, Verdict } from './verdict.js';

export interface ConnectivityRequest {
  engine: Engine;
  plan: Pick<ClusterPlan, 'mode' | 'checkTargets' | 'clusterDns' | 'dns64' | 'nat64' | 'timeoutMs' | 'attached'>;
  /** For short-lived containers on the engine host. */
  baseImage: string;
  /** A pod (check-pod.ts), or with DIND_CNI=none a node. */
  cluster: { kind: 'pod' | 'node'; vantage: Vantage };
  /** Container name of the node that the pod runs on. */
  node: string;
  /** For messages: firewalls on the engine host that drop forwarded packets. */
  foreignFirewalls?: readonly string[];
  signal: AbortSignal;
  observe?: (text: string) => void;
}

/** Between two looks at a cluster that may still be settling (kube-proxy's first rules, CoreDNS's first answers). */
const settlingMs = 500;

/**
 * The connectivity check: from the cluster and from the engine host at once, judged together. What is broken gets a while to settle, and
 * is looked at from more places before it is judged for good. Takes half a second where all is well, and about a dozen times the limit of an
 * attempt (2 s, scaled by DIND_TIMEOUT) at worst. Never throws for what it finds (assertEgress does); throws DindError `probe-failed` when it cannot look.
 */
export async function checkConnectivity(request: ConnectivityRequest): Promise<Verdict> {
  const { engine, plan, cluster, baseImage } = request;
  const targets = plan.checkTargets === 'none' ? [] : plan.checkTargets;
  const options: ProbeOptions = { attemptMs: attemptMs(plan.timeoutMs), signal: request.signal };
  request.observe?.(
    `${cluster.vantage.name} and the engine host try ${targets.map((target) => target.name).join(', ') || "the cluster's own parts"}`,
  );
  const look = async (): Promise<JudgeInput['cluster']> => {
    const results = await runProbe(cluster.vantage, planClusterProbes(plan, targets, cluster.kind), options);
    return { parts: readParts(results), targets: readTargets(results, targets) };
  };
  const deadline = performance.now() + 4 * options.attemptMs;
  const [seen, host] = await Promise.all([look(), probeHostEgress(engine, baseImage, targets, options)]);
  let input: JudgeInput = {
    mode: plan.mode,
    attached: plan.attached,
    isSynthesized: (address) => contains(plan.nat64.prefix, address),
    nat64Zones: plan.dns64.nat64Zones,
    clusterDns: plan.clusterDns,
    dns64: plan.dns64,
    nat64: plan.nat64,
    vantage: cluster.kind,
    cluster: seen,
    host,
    evidence: targets.map(() => ({})),
    foreignFirewalls: request.foreignFirewalls ?? [],
  };
  let verdict = judgeEgress(input);
  while (maySettle(verdict) && performance.now() < deadline) {
    request.observe?.(`not yet: ${firstFault(verdict)}`);
    await delay(settlingMs, undefined, { signal: request.signal });
    input = { ...input, cluster: await look() };
    verdict = judgeEgress(input);
  }
  if (verdict.outcome !== 'failed') return verdict;
  request.observe?.(`${firstFault(verdict)}: looking from the node, NAT64 and the engine host`);
  return judgeEgress({ ...input, ...(await gatherEvidence(request, input, verdict, options)) });
}

/** A mode that does not fit the host stays as it is; what is broken may be on its way. */
function maySettle(verdict: Verdict): boolean {
  return (
    verdict.outcome === 'failed' &&
    (verdict.brokenParts.length > 0 || verdict.targets.some((target) => target.status === 'broken'))
  );
}

function firstFault(verdict: Verdict): string {
  const broken =
    verdict.targets.find((target) => target.status === 'broken') ??
    verdict.targets.find((target) => target.hop === 'mode');
  return (
    verdict.brokenParts[0]?.explanation ??
    (broken === undefined ? 'the cluster reaches nothing' : `${broken.target.name}: ${broken.observed}`)
  );
}

/** Limit of one DNS question or connection: 2 s, scaled as every wait is; 1.5 s at least, since a refusal may take one (probe.bash, udp). */
export function attemptMs(timeoutMs: number): number {
  return Math.max(1500, Math.round((2000 * timeoutMs) / 300_000));
}

/** The same addresses again, from other places. A place that cannot be asked (a container that is not there) tells nothing. */
async function gatherEvidence(
  request: ConnectivityRequest,
  input: JudgeInput,
  verdict: Verdict,
  options: ProbeOptions,
): Promise<Pick<JudgeInput, 'evidence' | 'nodeDns64'>> {
  const { engine, plan } = request;
  const open = verdict.targets.flatMap(({ address, status, target }, index) =>
    address === undefined || status === 'passed'
      ? []
      : [{ index, address, port: portsOf(target)[0] ?? 443, outside: outsideAddress(plan, address) }],
  );
  const ask = (vantage: Vantage, requests: Parameters<typeof runProbe>[1]): ReturnType<typeof runProbe> =>
    runProbe(vantage, requests, options).catch((error: unknown) => {
      options.signal.throwIfAborted();
      request.observe?.(error instanceof Error ? error.message : String(error));
      return [];
    });
  const [node, nat64, host] = await Promise.all([
    ask(fromContainer(engine, request.node), [
      { probe: 'dns', id: 'dns64', server: plan.dns64.address, name: 'ipv4only.arpa', type: 'AAAA' },
      ...open.map(({ index, address, port }) => planEvidence(index, address, port)),
    ]),
    ask(
      fromContainer(engine, plan.nat64.name),
      open
        .filter(({ address }) => input.isSynthesized(address))
        .map(({ index, outside, port }) => planEvidence(index, outside, port)),
    ),
    ask(
      fromHost(engine, request.baseImage),
      open.map(({ index, outside, port }) => planEvidence(index, outside, port)),
    ),
  ]);
  const evidence = input.evidence.map((_, index): Evidence => {
    const seen = {
      node: readEvidence(node, index),
      nat64: readEvidence(nat64, index),
      host: readEvidence(host, index),
    };
    return Object.fromEntries(Object.entries(seen).filter(([, result]) => result !== undefined));
  });
  return { evidence, nodeDns64: readParts(node).dns64 };
}

/** What the address is outside of the cluster: the IPv4 address of a synthesized one. */
function outsideAddress(plan: Pick<ClusterPlan, 'nat64'>, address: IpAddress): IpAddress {
  return address.includes(':') ? (extractIpv4(plan.nat64.prefix, parseIpv6Address(address)) ?? address) : address;
}
