import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll } from 'vitest';
import { ensureDebianRootfs } from '../../../src/engine/embedded/debian.js';
import type { Engine, ExecResult } from '../../../src/engine/types.js';
import { packetRules } from '../../../src/host/run-on-host.js';
import { labels } from '../../../src/labels.js';
import { parseIpv6Cidr } from '../../../src/net/cidr.js';
import { readGuard } from '../../../src/cluster/helpers/guard.js';
import type { RestoreResult } from '../../../src/host/restore.js';
import type { IpAddress } from '../../../src/net/types.js';
import type { ClusterRecord } from '../../../src/plan/record.js';
import type { ClusterPlan } from '../../../src/plan/types.js';
import { waitUntil } from '../../../src/wait.js';
import { beginUp, clean } from './commands.js';
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
set +e
for family in ip ip6; do for backend in nft legacy; do
  [ $backend = nft ] || grep -qs . /proc/net/\${family}_tables_names || continue
  echo "@@ \${family}tables-$backend"; \${family}tables-$backend-save 2> /dev/null | grep -v '^#' | sed 's/ \\[[0-9:]*\\]$//'
done; done
echo '@@ nft'; nft -s list ruleset 2> /dev/null | sed 's/counter packets [0-9]* bytes [0-9]*/counter/' |
  perl -0pe 's/\\n?\\tchain [\\w-]+ \\{\\n\\t\\ttype [^\\n]*policy accept;\\n\\t\\}\\n//g' # the engine leaves chains without a rule
echo '@@ sysctl'; grep -rsH . /proc/sys/net | grep -v '_count:'
for family in -4 -6; do echo "@@ routes $family"; ip $family rule; ip $family route show table all | sed 's/ expires [0-9]*sec//' | sort; done
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
export async function guardHost(host: TestHost, record: ClusterRecord): Promise<ClusterPlan> {
  const up = await beginUp(host, record);
  await up.record();
  return up.makeNetworks();
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

/** Everything of the cluster goes, as `clean` does it. */
export function cleanHost(host: TestHost, { clusterName }: Pick<ClusterPlan, 'clusterName'>): Promise<RestoreResult> {
  return clean(host, clusterName);
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

/** Processor time of a guard and of all that it has started, in ticks: a hundredth of a second each. */
export async function readGuardTicks(engine: Engine, { host }: Pick<ClusterPlan, 'host'>): Promise<number> {
  // Of its first process, and of the monitors.
  const { stdout } = await engine.exec(host.container, ['bash', '-c', 'cat /proc/[0-9]*/stat 2> /dev/null']);
  return stdout
    .split('\n')
    .filter((line) => /^\d+ \((bash|ip|nft)\)/.test(line))
    .filter((line) => line.split(' ')[3] !== '0' || line.startsWith('1 '))
    .flatMap((line) =>
      line
        .slice(line.lastIndexOf(')') + 2)
        .split(' ')
        .slice(11, 15),
    )
    .reduce((sum, ticks) => sum + Number(ticks), 0);
}

/** For a shell on the host of the cluster `guarded`: what a reboot leaves of it. */
export const rebooted = `nft flush ruleset
ip -6 rule del pref 64; while ip -6 rule del pref 65 2>/dev/null; do :; done; ip link del br-guarded; echo 0 > /proc/sys/net/ipv6/conf/all/forwarding`;
