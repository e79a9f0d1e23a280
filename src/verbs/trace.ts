import { attemptMs } from '../checks/connectivity.js';
import { ensureCheckPod, removeCheckPod, type CheckPodTarget, type PodVantage } from '../checks/check-pod.js';
import { runProbe } from '../checks/run-probe.js';
import type { Engine } from '../engine/types.js';
import { DindError } from '../errors.js';
import { packetRules, runOnHost } from '../host/run-on-host.js';
import { familyOf, parseAddress, parseIpv4Address, parseIpv6Address } from '../net/address.js';
import { contains } from '../net/cidr.js';
import { embedIpv4, extractIpv4 } from '../net/embed.js';
import type { Ipv6Address } from '../net/types.js';
import { controlPlaneOf, shortNodeName } from '../plan/nodes.js';
import type { ClusterPlan } from '../plan/types.js';
import type { TraceAnswer, TraceResult } from '../results/trace.js';
import type { Context } from '../cluster/context.js';
import { explainAnswer } from '../trace/explain-answer.js';
import { joinSegments, type Tracked } from '../trace/join-segments.js';
import { readConntrack, type TrackedConnection } from '../trace/read-conntrack.js';
import { readKdig } from '../trace/read-kdig.js';
import { scaleLimit } from '../wait.js';
import { findControlPlane } from '../cluster/access.js';
import { lendImage } from '../cluster/lend-image.js';
import { requireRunningCluster } from '../cluster/running.js';

export interface TraceOptions {
  /** Default 443. */ port?: number | undefined;
  /** Where the pod runs; default: the first worker. */ node?: string | undefined;
}

/** Follows one name, and one real TCP connection to it, from a pod to the world. Throws DindError where there is no cluster or no pod can run; where the way ends is in the answer. */
export async function trace(context: Context, name: string, options: TraceOptions = {}): Promise<TraceResult> {
  const engine = await context.connect();
  const { clusterName } = context.environment.settings;
  await findControlPlane(engine, clusterName);
  const { plan } = await requireRunningCluster(context, engine);
  const target = podTarget(engine, plan, options.node, context.signal);
  const giveBack = plan.attached === undefined ? undefined : await lendImage(engine, target);
  try {
    return await follow(
      engine,
      plan,
      { vantage: await ensureCheckPod(target), node: target.node, name, port: options.port ?? 443 },
      context.signal,
    );
  } finally {
    await removeCheckPod({ ...target, signal: AbortSignal.timeout(scaleLimit(5000, plan.timeoutMs)) }).catch(
      (error: unknown) => context.log.warn({ err: error }, 'the pod of trace stays'),
    );
    await giveBack?.();
  }
}

async function follow(
  engine: Engine,
  plan: ClusterPlan,
  { vantage, node, name, port }: { vantage: PodVantage; node: string; name: string; port: number },
  signal: AbortSignal,
): Promise<TraceResult> {
  const isSynthesized = (address: string): boolean =>
    address.includes(':') && contains(plan.nat64.prefix, parseIpv6Address(address));
  const literal = isLiteral(name)
    ? familyOf(name) === 4
      ? embedIpv4(plan.nat64.prefix, parseIpv4Address(name))
      : parseIpv6Address(name)
    : undefined;
  const dns = literal === undefined ? await askEverywhere(engine, plan, { pod: vantage, name }, signal) : [];
  const seen = dns.find(({ to, type }) => to.startsWith('cluster DNS') && type === 'AAAA')?.addresses[0];
  const address = literal ?? (seen === undefined ? undefined : (parseAddress(seen) as Ipv6Address));
  const pod = { name: 'dind64-trace', node, address: parseAddress(vantage.address) };
  const base = {
    cluster: plan.clusterName,
    mode: { aaaa: plan.mode.aaaa, reason: plan.mode.reason },
    name,
    port,
    pod,
    dns,
  };
  if (address === undefined) {
    return {
      ...base,
      synthesis: explainAnswer(name, dns, { aaaaUse: plan.mode.aaaa, zones: plan.dns64.nat64Zones, isSynthesized }),
      segments: [],
      outcome: 'no address',
      stopped: locateDnsFault(dns),
    };
  }
  const ipv4 = extractIpv4(plan.nat64.prefix, address);
  const path = isSynthesized(address) ? ('nat64' as const) : ('direct' as const);
  const [connection] = await runProbe(vantage, [{ probe: 'tcp', id: 'trace', address, port }], {
    attemptMs: attemptMs(plan.timeoutMs),
    signal,
  });
  const outcome = connection === undefined || connection.probe !== 'tcp' ? 'timed-out' : connection.outcome;
  const [tracked, state] = await Promise.all([
    readTracked(engine, plan, node, signal),
    engine.findContainer(plan.nat64.name),
  ]);
  const joined = joinSegments({
    path,
    pod,
    address,
    ipv4,
    port,
    target: name,
    nat64: { name: plan.nat64.name, state: state?.status ?? 'gone' },
    outcome,
    tracked,
  });
  return {
    ...base,
    address,
    path,
    outcome,
    ...joined,
    ipv4,
    ms: connection?.ms,
    synthesis:
      literal === undefined
        ? explainAnswer(name, dns, { aaaaUse: plan.mode.aaaa, zones: plan.dns64.nat64Zones, isSynthesized })
        : ipv4 === undefined
          ? 'an address was given'
          : 'an IPv4 address was given: it is embedded in the NAT64 prefix (RFC 6052)',
  };
}

/** The same question to each server on its way, from where it is asked: cluster DNS and DNS64 from the pod, the upstream from DNS64's container. */
async function askEverywhere(
  engine: Engine,
  plan: ClusterPlan,
  { pod, name }: { pod: PodVantage; name: string },
  signal: AbortSignal,
): Promise<TraceAnswer[]> {
  const kdig = (server: string, type: string): string[] => ['kdig', `@${server}`, '+timeout=2', '+retry=1', name, type];
  const run = async (
    execute: (argv: string[]) => Promise<{ stdout: string; stderr: string }>,
    question: Pick<TraceAnswer, 'from' | 'to' | 'server' | 'type'>,
  ): Promise<TraceAnswer> => {
    const { server, type } = question;
    const { stdout, stderr } = await execute(kdig(server, type)).catch((error: unknown) => {
      signal.throwIfAborted();
      return { stdout: '', stderr: error instanceof Error ? error.message : String(error) };
    });
    return { ...question, ...readKdig(`${stdout}\n${stderr}`, type) };
  };
  const inPod = (argv: string[]): Promise<{ stdout: string; stderr: string }> => pod.execute(argv, { signal });
  const inDns64 = (argv: string[]): Promise<{ stdout: string; stderr: string }> =>
    engine.exec(plan.dns64.name, argv, { signal });
  const upstream = await readUpstream(engine, plan, signal);
  return Promise.all([
    run(inPod, { from: 'pod', to: 'cluster DNS', server: plan.clusterDns, type: 'AAAA' }),
    run(inPod, { from: 'pod', to: 'cluster DNS', server: plan.clusterDns, type: 'A' }),
    run(inPod, { from: 'cluster DNS', to: 'DNS64', server: plan.dns64.address, type: 'AAAA' }),
    ...(upstream === undefined
      ? []
      : (['AAAA', 'A'] as const).map((type) =>
          run(inDns64, { from: 'DNS64', to: 'upstream', server: upstream, type }),
        )),
  ]);
}

/** From the configuration that DNS64 runs with, which may differ from today's settings. */
async function readUpstream(engine: Engine, plan: ClusterPlan, signal: AbortSignal): Promise<string | undefined> {
  const { stdout } = await engine
    .exec(plan.dns64.name, ['grep', '-m1', 'forward-addr:', '/etc/dind64/unbound.conf'], { signal })
    .catch(() => ({ stdout: '' }));
  return /forward-addr:\s*(\S+)/.exec(stdout)?.[1];
}

async function readTracked(engine: Engine, plan: ClusterPlan, node: string, signal: AbortSignal): Promise<Tracked> {
  const list = (family: string): string[] => ['conntrack', '-L', '-f', family, '-p', 'tcp'];
  const inContainer = async (container: string, family: string): Promise<TrackedConnection[] | undefined> =>
    engine.exec(container, list(family), { signal }).then(
      ({ stdout }) => readConntrack(stdout),
      () => undefined,
    );
  const onHost = runOnHost(engine, plan.baseImage, {
    doing: "reading the engine host's connections",
    script: `${list('ipv6').join(' ')}; ${list('ipv4').join(' ')}`,
    capabilities: packetRules,
    signal,
  }).then(
    ({ stdout }) => readConntrack(stdout),
    () => undefined,
  );
  const [fromNode, nat64Ipv4, host] = await Promise.all([
    inContainer(node, 'ipv6'),
    inContainer(plan.nat64.name, 'ipv4'),
    onHost,
  ]);
  return { node: fromNode, nat64Ipv4, host };
}

/** The server nearest to the upstream that failed is the one to blame. */
function locateDnsFault(dns: readonly TraceAnswer[]): NonNullable<TraceResult['stopped']> {
  const of = (to: string): TraceAnswer | undefined => dns.find((answer) => answer.to === to && answer.type === 'AAAA');
  const answered = (answer: TraceAnswer | undefined): boolean =>
    answer !== undefined && ['NOERROR', 'NXDOMAIN'].includes(answer.status);
  const [cluster, dns64, upstream] = [of('cluster DNS'), of('DNS64'), of('upstream')];
  const tell = (answer: TraceAnswer | undefined): string => `${answer?.server ?? ''}: ${answer?.status ?? 'not asked'}`;
  if (answered(cluster)) return { at: 'DNS', reason: 'the name has no address' };
  if (answered(dns64)) return { at: 'cluster DNS', reason: `DNS64 answers, cluster DNS does not (${tell(cluster)})` };
  if (upstream === undefined)
    return {
      at: 'DNS64',
      reason: `DNS64 does not answer (${tell(dns64)}), and its container cannot be asked: is it running?`,
    };
  if (answered(upstream)) return { at: 'DNS64', reason: `its upstream answers, DNS64 does not (${tell(dns64)})` };
  return { at: 'upstream DNS', reason: `DNS64's upstream does not answer (${tell(upstream)})` };
}

function podTarget(engine: Engine, plan: ClusterPlan, wanted: string | undefined, signal: AbortSignal): CheckPodTarget {
  const found =
    wanted === undefined
      ? (plan.nodes.find(({ role }) => role === 'worker') ?? controlPlaneOf(plan))
      : plan.nodes.find(({ name }) => name === wanted || shortNodeName(plan, name) === wanted);
  if (found === undefined)
    throw new DindError({
      code: 'unknown-node',
      source: 'user',
      doing: 'tracing a connection',
      observed: `there is no node \`${wanted ?? ''}\``,
      hint: `one of ${plan.nodes.map(({ name }) => name).join(', ')}`,
      exitCode: 2,
    });
  return {
    engine,
    controlPlane: controlPlaneOf(plan).name,
    node: found.name,
    image: plan.baseImage,
    limitMs: scaleLimit(30_000, plan.timeoutMs),
    signal,
    name: 'dind64-trace',
  };
}

function isLiteral(name: string): boolean {
  try {
    parseAddress(name);
    return true;
  } catch {
    return false;
  }
}
