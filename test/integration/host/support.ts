import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll } from 'vitest';
import { ensureDebianRootfs } from '../../../src/engine/embedded/debian.js';
import type { Engine, ExecResult } from '../../../src/engine/types.js';
import { packetRules } from '../../../src/host/run-on-host.js';
import { labels } from '../../../src/labels.js';
import { parseIpv6Cidr } from '../../../src/net/cidr.js';
import type { HostRulesPlan } from '../../../src/plan/types.js';
import { renderRulesArguments, type RulesAction, type RulesTarget } from '../../../src/render/host-rules-arguments.js';
import { readScript } from '../../../src/shell.js';
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

/** The node network of a cluster, its bridge and its rules, as the plan would have them. */
export function planTestHost(clusterName: string, nodeCidr: string): HostRulesPlan {
  return {
    bridge: `br-${clusterName}`,
    nodeCidr: parseIpv6Cidr(nodeCidr),
    chains: { forward: `DIND64-FWD-${clusterName}`, postrouting: `DIND64-NAT-${clusterName}` },
    snatAddress: undefined,
    refusedDestinations: ['fd00:ec2::254/128', 'fd20:ce::254/128'].map(parseIpv6Cidr),
    otherBridges: [],
  };
}

export async function createNodeNetwork(engine: Engine, clusterName: string, plan: HostRulesPlan): Promise<string> {
  const name = `${clusterName}-net`;
  await engine.createNetwork({
    name,
    labels: { [labels.cluster]: clusterName, [labels.role]: 'node-network' },
    ipv4: false,
    ipv6: true,
    ipv6Subnet: plan.nodeCidr,
    options: {
      'com.docker.network.bridge.name': plan.bridge,
      'com.docker.network.bridge.enable_ip_masquerade': 'false',
    },
  });
  return name;
}

export async function startStandIn(host: TestHost, name: string, network: string): Promise<void> {
  const { engine, baseImage } = host;
  await engine.createContainer({
    name,
    image: baseImage,
    entrypoint: ['sleep', 'infinity'],
    labels: { [labels.role]: 'throw-away' },
    network: [{ network }],
    capabilities: ['NET_RAW'],
  });
  await engine.startContainer(name);
}

/** What installs or checks a target's rules, as the body of a bash function: for many at once in one container. */
export function inlineRules(target: RulesTarget, action: RulesAction): string {
  const { script, args } = renderRulesArguments(target, action);
  return inline(script, args);
}

/** What removes the rules, likewise. */
export function inlineRemoval({ forward, postrouting }: HostRulesPlan['chains']): string {
  return inline('remove-host-rules.bash', [forward, postrouting]);
}

function inline(script: string, args: readonly string[]): string {
  return `set -- ${args.map(quote).join(' ')}\n${readScript(script)}`;
}

export function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
