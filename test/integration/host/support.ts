import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll } from 'vitest';
import { pino } from 'pino';
import { withHostLock } from '../../../src/cluster/lock.js';
import { ensureDebianRootfs } from '../../../src/engine/embedded/debian.js';
import type { Engine, ExecResult } from '../../../src/engine/types.js';
import { packetRules } from '../../../src/host/run-on-host.js';
import { labels } from '../../../src/labels.js';
import { parseIpv6Cidr } from '../../../src/net/cidr.js';
import { applyGuard, readGuard } from '../../../src/cluster/helpers/guard.js';
import { readRecord, removeRecord, writeRecord } from '../../../src/cluster/record.js';
import { planHostChanges } from '../../../src/host/changes.js';
import { readHostFacts } from '../../../src/host/facts.js';
import { prepareHost } from '../../../src/host/prepare.js';
import { listChangeVolumes, listSharedChangeVolumes } from '../../../src/host/record.js';
import { recordRaisedAcceptRa } from '../../../src/host/raised-accept-ra.js';
import { restoreHost, type RestoreResult } from '../../../src/host/restore.js';
import type { IpAddress } from '../../../src/net/types.js';
import { createPlan } from '../../../src/plan/create-plan.js';
import { nameCluster } from '../../../src/plan/names.js';
import type { ClusterRecord } from '../../../src/plan/record.js';
import type { ClusterPlan } from '../../../src/plan/types.js';
import { uninstallHostRules } from '../../../src/steps/host.js';
import { waitUntil } from '../../../src/wait.js';
import { sampleRecord } from '../../support/sample-plan.js';
import { readLabEnvironment } from '../../lab/engine-environment.js';
import type { LabFixture } from '../../support/lab.js';
import { connectLabEngine } from '../helpers/cluster.js';

export interface TestHost {
  engine: Engine;
  baseImage: string;
  /** Bash in the engine host's network namespace, allowed to change it; throws when it fails. */
  onHost(script: string): Promise<string>;
  /** Bash in a network namespace of its own: rules of any backend can be tried there. */
  apart(script: string): Promise<string>;
  /** Rules (without counters), sysctls and routes of the host: what must be the same before and after. */
  snapshot(): Promise<string>;
}

/** An engine without images but one that holds the tools of images/base: these tests need no seed. */
export const engineChoice = { seed: false };

export function useHost(fixture: LabFixture): { readonly host: TestHost } {
  let host: TestHost | undefined;
  beforeAll(async () => {
    host = await openHost(await connectLabEngine(fixture.lab));
  });
  // Containers that a failed test left.
  afterAll(async () => {
    const left = (await host?.engine.listContainers({ [labels.role]: undefined })) ?? [];
    await Promise.all(left.map(async ({ name }) => host?.engine.removeContainer(name)));
  });
  return {
    get host() {
      if (host === undefined) throw new Error('the host is read before beforeAll has made it');
      return host;
    },
  };
}

async function openHost(engine: Engine): Promise<TestHost> {
  const baseImage = await importTools(engine);
  const run = async (script: string, network: 'host' | 'none'): Promise<string> => {
    const spec = {
      image: baseImage,
      entrypoint: ['bash', '-eus'],
      labels: {},
      network,
      capabilities: packetRules,
      unconfinedPaths: true,
    };
    const result = await engine.run(spec, { stdin: `{\n${script}\n} < /dev/null\n` });
    return throwing(result, script);
  };
  const onHost = (script: string): Promise<string> => run(script, 'host');
  return { engine, baseImage, onHost, apart: (script) => run(script, 'none'), snapshot: () => onHost(snapshotScript) };
}

const snapshotScript = `
for family in ip ip6; do \${family}tables-nft-save 2> /dev/null | grep -v '^#' | sed 's/ \\[[0-9:]*\\]$//' || true; done
grep -H . /proc/sys/net/ipv4/ip_forward /proc/sys/net/ipv6/conf/{all,default,eth0}/{forwarding,accept_ra} || true
ip -4 route; ip -6 route | sed 's/ expires [0-9]*sec//'
ip -6 rule; nft list tables | grep -v ' filter$\| nat$\| mangle$\| raw$' || true
`;

function throwing(result: ExecResult, script: string): string {
  if (result.exitCode !== 0)
    throw new Error(`exit code ${result.exitCode} of:\n${script}\n${result.stdout}${result.stderr}`);
  return result.stdout;
}

/** The packages of images/base on Debian's smallest root, without the seed's builds. */
async function importTools(engine: Engine): Promise<string> {
  const tag = 'dind64-test/tools:1';
  if ((await engine.findImage(tag)) !== undefined) return tag;
  const dockerfile = await readFile(new URL('../../../images/base/Dockerfile', import.meta.url), 'utf8');
  const packages = (/--no-install-recommends \\\n\s+([^\\]+?) *\\/.exec(dockerfile)?.[1] ?? '').trim().split(/\s+/);
  const tarball = await ensureDebianRootfs(readLabEnvironment().cacheDir, {
    name: 'tools',
    suite: 'trixie',
    packages,
    output: 'tar',
  });
  await engine.importImage(createReadStream(tarball), tag, {});
  return tag;
}

/** The record of a cluster that the host knows nothing of yet. */
export function recordOf(
  host: TestHost,
  clusterName: string,
  nodeCidr: string,
  changes: { aaaa?: boolean; snatAddress?: IpAddress } = {},
): ClusterRecord {
  const { aaaa = true, snatAddress } = changes;
  return {
    ...sampleRecord,
    settings: { ...sampleRecord.settings, clusterName, ...(snatAddress === undefined ? {} : { snatAddress }) },
    addressing: { ...sampleRecord.addressing, nodeCidr: parseIpv6Cidr(nodeCidr) },
    mode: { requested: aaaa ? 'true' : 'false', aaaa, reason: 'a test' },
    images: { ...sampleRecord.images, base: host.baseImage },
  };
}

/** What `up` does to the host: what will change is recorded, the record is written and with it comes the guard, then the networks. */
export async function guardHost({ engine, baseImage }: TestHost, record: ClusterRecord): Promise<ClusterPlan> {
  const facts = await readHostFacts(engine, baseImage);
  const changes = planHostChanges(facts);
  const whole = {
    ...record,
    hostChanges: changes,
    hostChangeVolumes: listChangeVolumes(await listSharedChangeVolumes(engine), changes),
  };
  const { clusterName } = record.settings;
  await prepareHost(engine, baseImage, {
    clusterName,
    changes,
    facts,
    firewallBackend: 'iptables',
    record: () => writeRecord(engine, whole),
  });
  const plan = createPlan(whole);
  for (const network of [plan.networks.node, plan.networks.egress])
    if ((await engine.findNetwork(network.name)) === undefined) await engine.createNetwork(network);
  await applyGuard(engine, plan);
  return plan;
}

/** Parts of what the guard keeps that are not there. */
export async function missingParts(engine: Engine, plan: ClusterPlan): Promise<string[]> {
  const { health, rules } = await readGuard(engine, plan, { limitMs: 10_000 });
  return [...health.problems, ...rules.filter(({ present }) => !present).map(({ name }) => name)];
}

/** Ends when the guard has made the host as recorded, without anybody asking it to. */
export async function waitUntilWhole(engine: Engine, plan: ClusterPlan): Promise<void> {
  await waitUntil({ condition: 'the guard has mended the host', limitMs: 20_000, intervalMs: 100 }, async () => {
    const missing = await missingParts(engine, plan);
    return missing.length === 0 ? { done: undefined } : { seen: missing.join(', ') };
  });
}

const quiet = {
  reporter: { report: () => undefined, close: () => undefined },
  log: pino({ level: 'silent' }),
  signal: new AbortController().signal,
  timeoutMs: 60_000,
};

/** Everything of the cluster goes, as `clean` does it. */
export async function cleanHost(host: TestHost, plan: ClusterPlan): Promise<RestoreResult> {
  const { engine, baseImage } = host;
  const { clusterName } = plan;
  const record = await readRecord(engine, clusterName);
  const context = {
    engine,
    clusterName,
    names: nameCluster(clusterName),
    record,
    baseImage: () => Promise.resolve(baseImage),
    signal: AbortSignal.timeout(60_000),
  };
  await uninstallHostRules.run(context as never, () => undefined);
  await engine.removeNetwork(plan.nodeNetwork.name);
  await engine.removeNetwork(plan.egressNetwork.name);
  await recordRaisedAcceptRa(engine, clusterName);
  return withHostLock(quiet, engine, baseImage, () =>
    restoreHost(engine, baseImage, clusterName, { release: () => removeRecord(engine, clusterName) }),
  );
}

/** A container that does nothing, or goes on with `script`, and comes back when the engine does. */
export async function startStandIn(
  { engine, baseImage }: TestHost,
  name: string,
  network: string,
  script = 'sleep infinity',
): Promise<void> {
  await engine.createContainer({
    name,
    image: baseImage,
    entrypoint: ['bash', '-c', script],
    labels: { [labels.role]: 'throw-away' },
    restart: 'unless-stopped',
    stopSignal: 'SIGKILL',
    network: [{ network }],
    capabilities: ['NET_RAW'],
  });
  await engine.startContainer(name);
}

export function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
