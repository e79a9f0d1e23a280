import { execa } from 'execa';
import { afterEach, expect, it } from 'vitest';
import { servers } from '../lab/sites.js';
import { describeWithCluster } from '../support/cluster.js';
import { readHostState, type HostState } from '../support/host-state.js';
import { expectPublished } from '../support/published-schema.js';

interface Status {
  exists: boolean;
  drift: string[];
  nodes: { name: string; ready: boolean }[];
  hostRules: { present: boolean }[];
  record: { workers: number; given: Record<string, { value: string; source: string }> };
}

/** Given once, to the first `up`; no command after it is given any of them (support/cluster.ts). */
const env = {
  DIND_ALLOW_AAAA_USE: 'true',
  DIND_NUM_WORKERS: '2',
  DIND_DNS64_UPSTREAMS: servers.resolver.ipv4,
  DIND_DNS64_NAT64_ZONES: 'dual.test',
  DIND_NAT64_DENY: '+203.0.113.77/32',
};

/** Each was seen to fail while commands made the plan out of their own environment. */
describeWithCluster('The record of a cluster', { profile: 'dual', env, up: false }, (cluster) => {
  let before: HostState;
  const kubeconfig = (): string => `${cluster.lab.directory}/home/.kube/config`;
  const status = async (): Promise<Status> =>
    expectPublished('status', (await cluster.succeed(['status', '--json'])).stdout) as Status;
  const read = async (container: string, path: string): Promise<string> =>
    (await cluster.engine.readFile(container, path))?.toString() ?? '';
  const docker = async (...argv: string[]): Promise<string> =>
    (await execa('docker', argv, { env: { DOCKER_HOST: cluster.lab.engineEndpoint ?? '' } })).stdout;
  const imagesOf = async (): Promise<string[]> =>
    (await cluster.engine.listImages({})).flatMap(({ tags }) => tags).sort();

  /** What settings came to, as the programs have it. */
  const applied = async (): Promise<Record<string, unknown>> => {
    const unbound = await read('kubeadm-dind-dns64', '/etc/dind64/unbound.conf');
    const routes = await read('kubeadm-dind-control-plane', '/dind64/network/routes');
    return {
      upstreams: [...new Set([...unbound.matchAll(/forward-addr: (\S+)/g)].map(([, address]) => address))],
      zones: unbound.includes('dns64-ignore-aaaa: "dual.test"') || unbound.includes('dns64-ignore-aaaa: "."'),
      deny: (await read('kubeadm-dind-nat64', '/etc/dind64/nat64.nft')).includes('refused_203_0_113_77_32'),
      workers: ['fd00:40:0:0:3::/80', 'fd00:40:0:0:4::/80'].map((cidr) => routes.includes(cidr)),
    };
  };
  const asGiven = { upstreams: [servers.resolver.ipv4], zones: true, deny: true, workers: [true, true] };

  afterEach(async () => {
    expect(await cluster.lab.leaks()).toEqual([]);
  });

  it('up writes it', async () => {
    before = await readHostState(cluster.lab, kubeconfig());
    await cluster.succeed(['up'], env);
    await cluster.ensurePods();
    expect(await applied()).toEqual(asGiven);
    const { record, drift } = await status();
    expect(drift).toEqual([]);
    expect(record.given).toMatchObject({
      DIND_DNS64_UPSTREAMS: { value: servers.resolver.ipv4, source: 'environment' },
      DIND_NUM_WORKERS: { value: '2', source: 'environment' },
    });
  });

  it('the live switch keeps what was given at `up`', async () => {
    for (const mode of ['off', 'on']) {
      await cluster.succeed(['aaaa', mode]);
      expect(await applied()).toEqual(asGiven);
    }
  });

  it('commands that only look change nothing, build nothing and go by the record, whatever today’s environment says', async () => {
    const images = await imagesOf();
    const today = { DIND_NUM_WORKERS: '1', DIND_DNS64_UPSTREAMS: '192.0.2.1' };
    const { stdout } = await cluster.succeed(['status'], today);
    expect(stdout).toContain('DIND_NUM_WORKERS=1 (environment) is not what the cluster was made with (2)');
    await cluster.succeed(['plan'], today);
    await cluster.succeed(['verify'], today);
    await cluster.succeed(['trace', 'dual.test:80'], today);
    expect(await applied()).toEqual(asGiven);
    expect(await imagesOf()).toEqual(images);
    expect((await status()).nodes).toMatchObject([
      { name: 'kubeadm-dind-control-plane', ready: true },
      { name: 'kubeadm-dind-worker-1', ready: true },
      { name: 'kubeadm-dind-worker-2', ready: true },
    ]);
  });

  it('up without settings keeps them and says so', async () => {
    const { stderr } = await cluster.succeed(['up']);
    expect(stderr).toContain(`DIND_DNS64_UPSTREAMS=${servers.resolver.ipv4}`);
    expect(await applied()).toEqual(asGiven);
  });

  it.each([
    ['DIND_POD_CIDR', 'fd99::/72', 'npm run clean && DIND_POD_CIDR=fd99::/72 npm run up'],
    ['DIND_CNI', 'none', 'npm run down && DIND_CNI=none npm run up'],
    ['DIND_K8S_VERSION', '1.36', 'npm run down && DIND_K8S_VERSION=1.36 npm run up'],
  ])('up with another %s is refused with the command that gets there', async (name, value, hint) => {
    const { exitCode, stderr } = await cluster.dind64(['up'], { [name]: value });
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 2, stderr: expect.stringContaining(hint) as string });
  });

  it('survives every prune: status, aaaa and verify are right, and nothing is built', async () => {
    await docker('container', 'prune', '-f');
    await docker('volume', 'prune', '-af');
    await docker('system', 'prune', '-af', '--volumes');
    const images = await imagesOf();
    expect((await status()).drift).toEqual([]);
    await cluster.succeed(['aaaa', 'off']);
    await cluster.succeed(['aaaa', 'on']);
    await cluster.succeed(['verify']);
    expect(await applied()).toEqual(asGiven);
    expect(await imagesOf()).toEqual(images);
  });

  it('fewer workers: the one that goes is drained, and its Node object goes too; more: they join', async () => {
    await cluster.kubectl(['create', 'deployment', 'web', '--image=docker.io/x', '--replicas=4']);
    await cluster.succeed(['up'], { DIND_NUM_WORKERS: '1' });
    const nodes = (): Promise<string> => cluster.kubectl(['get', 'nodes', '-o', 'name']);
    expect((await nodes()).trim().split('\n')).toEqual([
      'node/kubeadm-dind-control-plane',
      'node/kubeadm-dind-worker-1',
    ]);
    // What a DaemonSet had there goes with the Node object, some seconds later.
    expect(await cluster.kubectl(['get', 'pods', '-o', 'wide'])).not.toContain('kubeadm-dind-worker-2');
    expect(await status()).toMatchObject({ drift: [], record: { workers: 1 } });
    await cluster.succeed(['up'], { DIND_NUM_WORKERS: '2' });
    expect((await nodes()).trim().split('\n')).toHaveLength(3);
    expect(await applied()).toEqual(asGiven);
  });

  it('a host container that was removed by hand comes back with the record of before', async () => {
    await docker('rm', '-f', 'kubeadm-dind-host');
    expect((await cluster.dind64(['status'])).stderr).toContain('`npm run up` makes it again');
    await cluster.succeed(['up']);
    expect(await applied()).toEqual(asGiven);
  });

  it('clean restores the host, after a prune too', async () => {
    await docker('volume', 'prune', '-af');
    await cluster.succeed(['clean']);
    expect(await readHostState(cluster.lab, kubeconfig())).toEqual(before);
  });
});
