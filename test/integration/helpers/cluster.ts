import { createReadStream } from 'node:fs';
import { beforeAll, expect } from 'vitest';
import { connectSocket } from '../../../src/engine/connect.js';
import type { ContainerSpec, Engine, ExecResult, FileEntry } from '../../../src/engine/types.js';
import { readBaseRecipe, readHelperRecipe } from '../../../src/images/catalog.js';
import { labels } from '../../../src/labels.js';
import { nthAddress } from '../../../src/net/cidr.js';
import type { PlanInputs } from '../../../src/plan/record.js';
import type { ClusterPlan } from '../../../src/plan/types.js';
import { renderApiFiles } from '../../../src/render/api.js';
import { renderDns64Files } from '../../../src/render/dns64.js';
import { renderNat64Files, renderNat64LiveFiles } from '../../../src/render/nat64.js';
import { ensureContainer } from '../../../src/cluster/ensure-container.js';
import { waitForApiForwarder } from '../../../src/cluster/helpers/helper.js';
import { waitForDns64 } from '../../../src/cluster/helpers/dns64.js';
import { configDirectory } from '../../../src/cluster/helpers/helper.js';
import { ensureBpfVolume, waitForNat64 } from '../../../src/cluster/helpers/nat64.js';
import type { Lab } from '../../lab/types.js';
import type { LabFixture } from '../../support/lab.js';
import { sampleInputs, samplePlan } from '../../support/sample-plan.js';
import { bareEnvironment } from '../engine/support/engine-environment.js';

export type HelperRole = 'dns64' | 'nat64' | 'api';

/** Networks, helper containers and one stand-in for a node, on the lab's engine: no Kubernetes. */
export interface HelperCluster {
  engine: Engine;
  plan: ClusterPlan;
  /** A container on the node network with a node's route to the NAT64 prefix; its address is the plan's first worker's. */
  node: string;
  inNode(argv: string[]): Promise<ExecResult>;
}

/**
 * The engine of the lab has all images (its seed), or, with DIND64_TEST_IMAGES, those of that archive: quicker while working on the
 * helper images, `docker save` of localhost/dind64/{base,dns64,nat64,api}.
 */
export const engineChoice = process.env['DIND64_TEST_IMAGES'] === undefined ? true : { seed: false };

/** A cluster of helpers made before the tests; it ends with the lab's engine. */
export function useHelpers(
  fixture: LabFixture,
  roles: HelperRole[],
  changes: (inputs: PlanInputs) => Partial<PlanInputs> = () => ({}),
): { readonly cluster: HelperCluster } {
  let cluster: HelperCluster | undefined;
  beforeAll(async () => {
    cluster = await startHelpers(fixture.lab, roles, changes);
  });
  return {
    get cluster() {
      if (cluster === undefined) throw new Error('the cluster is read before beforeAll has made it');
      return cluster;
    },
  };
}

async function startHelpers(
  lab: Lab,
  roles: HelperRole[],
  changes: (inputs: PlanInputs) => Partial<PlanInputs>,
): Promise<HelperCluster> {
  const engine = await connectLabEngine(lab);
  const images = await findImages(engine);
  const inputs: PlanInputs = {
    ...sampleInputs,
    mode: { requested: 'false', aaaa: false, reason: 'test' },
    images: { ...sampleInputs.images, ...images },
  };
  const first = samplePlan({ ...inputs, ...changes(inputs) });
  for (const spec of Object.values(first.networks)) await engine.createNetwork(spec);
  const plan = samplePlan({ ...inputs, ...changes(inputs), networks: await engine.listNetworks() });
  await Promise.all(roles.map((role) => startHelper(engine, plan, role)));
  return { engine, plan, ...(await startNode(engine, plan)) };
}

export async function connectLabEngine(lab: Lab): Promise<Engine> {
  return connectSocket((lab.engineEndpoint ?? '').slice('unix://'.length), bareEnvironment);
}

async function findImages(engine: Engine): Promise<Record<HelperRole | 'base', string>> {
  const archive = process.env['DIND64_TEST_IMAGES'];
  const base = (await readBaseRecipe('')).reference;
  if (archive !== undefined && (await engine.findImage(base)) === undefined)
    await engine.loadImages(createReadStream(archive));
  const [dns64, nat64, api] = await Promise.all(
    (['dns64', 'nat64', 'api'] as const).map(async (name) => (await readHelperRecipe(name, base)).reference),
  );
  return { base, dns64: dns64 ?? '', nat64: nat64 ?? '', api: api ?? '' };
}

async function startHelper(engine: Engine, plan: ClusterPlan, role: HelperRole): Promise<void> {
  const wanted: Record<
    HelperRole,
    () => { spec: ContainerSpec & { name: string }; files: FileEntry[]; liveFiles: FileEntry[] }
  > = {
    dns64: () => ({ spec: plan.containers.dns64, files: [], liveFiles: renderDns64Files(plan) }),
    nat64: () => ({
      spec: plan.containers.nat64,
      files: renderNat64Files(plan),
      liveFiles: renderNat64LiveFiles(plan),
    }),
    api: () => ({ spec: plan.containers.api, files: renderApiFiles(plan), liveFiles: [] }),
  };
  if (role === 'nat64') await ensureBpfVolume(engine, plan);
  await engine.createVolume(plan[role].configVolume, { [labels.cluster]: plan.clusterName });
  await ensureContainer(engine, { ...wanted[role](), directory: configDirectory, replaceWhenDifferent: true });
  await waitForHelper(engine, plan, role);
}

export async function waitForHelper(engine: Engine, plan: ClusterPlan, role: HelperRole): Promise<void> {
  await { dns64: waitForDns64, nat64: waitForNat64, api: waitForApiForwarder }[role](engine, plan, { limitMs: 20_000 });
}

async function startNode(engine: Engine, plan: ClusterPlan): Promise<Pick<HelperCluster, 'node' | 'inNode'>> {
  const name = `${plan.clusterName}-stand-in`;
  await engine.createContainer({
    name,
    image: plan.baseImage,
    entrypoint: ['sleep', 'infinity'],
    labels: { [labels.cluster]: plan.clusterName, [labels.role]: 'throw-away' },
    capabilities: ['NET_ADMIN'],
    sysctls: { 'net.ipv6.conf.all.disable_ipv6': '0', 'net.ipv6.icmp.ratelimit': '0' },
    network: [{ network: plan.nodeNetwork.name, ipv6: nthAddress(plan.nodeNetwork.cidr, 3) }],
  });
  await engine.startContainer(name);
  const inNode = (argv: string[]): Promise<ExecResult> => engine.exec(name, argv);
  await inNode(['ip', '-6', 'route', 'replace', plan.nat64.prefix, 'via', plan.nat64.address]);
  return { node: name, inNode };
}

/** What /proc/1/status says of PID 1 in a container, and whether its root file system can be written to. */
export async function readPrivileges(
  engine: Engine,
  container: string,
): Promise<{ capEff: bigint; capBnd: bigint; noNewPrivs: string; uid: string; rootWritable: boolean }> {
  const { stdout } = await engine.exec(container, ['cat', '/proc/1/status']);
  const field = (name: string): string => new RegExp(`^${name}:\\s+(\\S+)`, 'm').exec(stdout)?.[1] ?? '';
  const { exitCode } = await engine.exec(container, ['touch', '/dind64-was-here'], { user: '0' });
  return {
    capEff: BigInt(`0x${field('CapEff')}`),
    capBnd: BigInt(`0x${field('CapBnd')}`),
    noNewPrivs: field('NoNewPrivs'),
    uid: field('Uid'),
    rootWritable: exitCode === 0,
  };
}

/** A node reaches the site behind a NAT64 address. */
export async function expectPath({ inNode }: HelperCluster, address: string): Promise<void> {
  const { stdout, stderr } = await inNode(['curl', '-sS', '-m', '10', `http://[${address}]/`]);
  expect(stdout + stderr).toContain('site ');
}
