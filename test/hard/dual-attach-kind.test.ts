import { afterAll, beforeAll, expect, it } from 'vitest';
import type { VerifyResult } from '../../src/results/verify.js';
import { createKindCluster, ensureKindImage, installKind, type KindCluster } from '../images/kind.js';
import { describeWithCluster } from '../support/cluster.js';
import { expectPublished } from '../support/published-schema.js';

const named = { DIND_CLUSTER_NAME: 'kind-both' };

/**
 * A real dual-stack kind cluster, which has IPv4 first, on a machine with IPv6. Seen to fail while cluster DNS was taken to be at the tenth address of the IPv6 services and
 * asked for AAAA of its own names, which such a cluster does not have.
 */
describeWithCluster(
  'A dual-stack kind cluster on a machine with IPv6',
  { profile: 'dual', up: false, env: { DIND_CHECK_TARGETS: 'dual.test,v4only.test,v6only.test', DIND_TIMEOUT: '10m' } },
  (cluster) => {
    let both: KindCluster;
    /** By target: the path of what its pod reaches over HTTP. */
    const paths = async (): Promise<Record<string, string | undefined>> => {
      const { stdout } = await cluster.succeed(['verify', '--json'], named);
      const { cells, findings } = expectPublished('verify', stdout) as VerifyResult;
      expect(findings).toEqual([]);
      const http = cells.filter(({ source, protocol }) => source === 'pod-control-plane' && protocol === 'http');
      return Object.fromEntries(http.map(({ target, path, verdict }) => [target, verdict === 'ok' ? path : verdict]));
    };

    beforeAll(async () => {
      const images = (await cluster.engine.listImages({ 'dev.dind64.content': undefined })).flatMap(({ tags }) => tags);
      both = {
        kind: await installKind(),
        name: 'both',
        image: await ensureKindImage(cluster.engine, images.find((tag) => tag.startsWith('dind64/node:')) ?? ''),
        kubeconfig: `${cluster.lab.directory}/kind.conf`,
        workers: 0,
        ipFamily: 'dual',
      };
      await createKindCluster(cluster.lab, both);
    });

    afterAll(async () => {
      const argv = [both.kind, 'delete', 'cluster', '--name', 'both', '--kubeconfig', both.kubeconfig];
      await cluster.lab.host(argv, { cwd: '/' });
    });

    it('`attach` works, uses IPv6 where the mode says so, and says that IPv4 sites prove nothing', async () => {
      const { stderr } = await cluster.succeed(['attach', '--kind', 'both'], { DIND_ALLOW_AAAA_USE: 'true' });
      expect(stderr).toContain('pods have IPv4 as well (dual-stack)');
      expect(stderr).not.toContain('not vacuous');
      const { stdout } = await cluster.succeed(['status', '--json'], named);
      expect(JSON.parse(stdout)).toMatchObject({ attached: { dualStack: true }, mode: { aaaa: true }, drift: [] });
    });

    it('its pods reach IPv6 sites directly and IPv4-only ones through NAT64 (mode true)', async () => {
      expect(await paths()).toMatchObject({ 'site-0': 'direct', 'site-1': 'nat64', 'site-2': 'direct' });
    });

    it('and every site that has IPv4 through NAT64 after the switch (mode false)', async () => {
      await cluster.succeed(['aaaa', 'off'], named);
      expect(await paths()).toMatchObject({ 'site-0': 'nat64', 'site-1': 'nat64', service: 'cluster' });
    });

    it('`detach` takes its containers and its network away', async () => {
      await cluster.succeed(['detach', '--kind', 'both']);
      expect((await cluster.engine.listContainers({})).map(({ name }) => name)).toEqual(['both-control-plane']);
      expect((await cluster.engine.listNetworks()).map(({ name }) => name)).not.toContain('kind-both-egress');
    });
  },
  'hard',
);
