import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ExecResult } from '../../src/engine/types.js';
import { waitUntil } from '../../src/wait.js';
import { createKindCluster, ensureKindImage, installKind, type KindCluster } from '../images/kind.js';
import { describeWithCluster, renderPod } from '../support/cluster.js';
import { readHostState, type HostState } from '../support/host-state.js';

const env = { DIND_CHECK_TARGETS: 'dual.test,v4only.test', DIND_TIMEOUT: '10m' };
const named = { DIND_CLUSTER_NAME: 'kind-theirs' };
const attach = ['attach', '--kind', 'theirs'];
const detach = ['detach', '--kind', 'theirs'];
const node = 'theirs-control-plane';
/** Another image than the check's, so that the node does not have that one. */
const probeImage = 'theirs/probe:1';

/**
 * A real kind cluster, IPv6-only, on a machine without IPv6: made by kind 0.33 from its own module, with an image made of kind's own files. Its CNI plugin is ptp and not kindnet, whose image cannot
 * be had here, and its one node is a control plane, as kind's default is. Seen to fail: with the check's image
 * left on its node by another name.
 */
describeWithCluster(
  'A kind cluster that is there',
  { profile: 'v4only', up: false, env },
  (cluster) => {
    let theirs: KindCluster;
    let before: { host: HostState; cluster: string };

    const kubectl = async (argv: string[], stdin?: string): Promise<string> => {
      const command = ['kubectl', '--kubeconfig=/etc/kubernetes/admin.conf', ...argv];
      const result = await cluster.engine.exec(node, command, stdin === undefined ? {} : { stdin });
      if (result.exitCode !== 0) throw new Error(`kubectl ${argv.join(' ')}: ${result.stdout}${result.stderr}`);
      return result.stdout;
    };
    const pod = (script: string): Promise<ExecResult> =>
      cluster.engine.exec(node, [
        ...['kubectl', '--kubeconfig=/etc/kubernetes/admin.conf', 'exec', 'probe', '--', 'bash', '-c', script],
      ]);
    const reach = 'curl -sS --max-time 10 http://v4only.test/source';
    const makePod = async (): Promise<void> => {
      const images = (await cluster.engine.listImages({ 'dev.dind64.content': undefined })).flatMap(({ tags }) => tags);
      const image = images.find((tag) => tag.startsWith('localhost/dind64/dns64:'));
      const load = `docker tag ${image} ${probeImage} && docker save ${probeImage} | docker exec -i ${node} ctr -n k8s.io images import -`;
      expect((await cluster.lab.host(['bash', '-c', load], { cwd: '/' })).exitCode).toBe(0);
      await kubectl(['apply', '-f', '-'], renderPod('probe', node, probeImage));
      await kubectl(['wait', '--for=condition=Ready', 'pod/probe', '--timeout=120s']);
    };
    /** All of the cluster that attaching touches: cluster DNS, the nodes, and that its containers are the same and run since the same time. */
    const readCluster = async (): Promise<string> => {
      const coredns = ['-n', 'kube-system', 'get', 'configmap', 'coredns', '-o'];
      const script = `ip -6 route show | grep -v veth; ip6tables -t nat -S POSTROUTING | grep -v 'name: '
        find /etc/systemd/system /etc/resolv.conf /etc/dind64* 2> /dev/null | sort; ctr -n k8s.io images ls -q | sort`;
      return [
        await kubectl([...coredns, 'jsonpath={.data.Corefile}{.metadata.annotations}{.metadata.labels}']),
        await kubectl(['-n', 'kube-system', 'get', 'deployment', 'coredns', '-o', 'jsonpath={.spec}']),
        (await cluster.engine.exec(node, ['bash', '-c', script])).stdout,
        JSON.stringify((await cluster.engine.findContainer(node))?.labels),
      ].join('\n--\n');
    };

    beforeAll(async () => {
      const nodeImage = (await cluster.engine.listImages({ 'dev.dind64.content': undefined }))
        .flatMap(({ tags }) => tags)
        .find((tag) => tag.startsWith('localhost/dind64/node:'));
      theirs = {
        kind: await installKind(),
        name: 'theirs',
        image: await ensureKindImage(cluster.engine, nodeImage ?? ''),
        kubeconfig: `${cluster.lab.directory}/kind.conf`,
        workers: 0,
      };
      await createKindCluster(cluster.lab, theirs);
      await makePod();
      before = { host: await readHostState(cluster.lab, theirs.kubeconfig), cluster: await readCluster() };
    });

    afterAll(async () => {
      await cluster.lab.host(
        [theirs.kind, 'delete', 'cluster', '--name', 'theirs', '--kubeconfig', theirs.kubeconfig],
        { cwd: '/' },
      );
    });

    it('has pods that do not reach an IPv4-only site: what follows is not true anyway', async () => {
      expect((await pod(reach)).exitCode).not.toBe(0);
    });

    it('is refused while its name, its prefix or its mode is wrong, and nothing is changed', async () => {
      const refuse = async (argv: string[], settings: Record<string, string> = {}): Promise<string> => {
        const { exitCode, stderr } = await cluster.dind64(argv, settings);
        expect(exitCode, stderr).toBe(2);
        return stderr;
      };
      expect(await refuse(['attach', '--kind', 'others'])).toContain('there are: theirs');
      expect(await refuse([...attach, '--network', 'none'])).toContain('its nodes share kind, and not none');
      expect(await refuse(attach, { DIND_NAT64_PREFIX: 'fd00:10:244::/96' })).toContain('overlaps its pods');
      expect(await refuse(attach, { DIND_ALLOW_AAAA_USE: 'true' })).toContain('npm run attach -- --kind theirs');
      expect(await readHostState(cluster.lab, theirs.kubeconfig)).toEqual(before.host);
    });

    it('`attach` lets its pods reach the site by name, and says that nothing else did', async () => {
      const { stderr } = await cluster.succeed(attach, { DIND_ALLOW_AAAA_USE: 'auto' });
      expect(stderr).toContain('not vacuous');
      expect((await pod(reach)).stdout.trim()).toBe(cluster.lab.hostAddresses.ipv4);
      expect((await pod('getent ahosts kubernetes.default.svc.cluster.local')).stdout).toContain('fd00:10:96::1');
    });

    it('leaves nothing of its check behind', async () => {
      const { stdout } = await cluster.engine.exec(node, ['ctr', '-n', 'k8s.io', 'images', 'ls', '-q']);
      expect(stdout).not.toContain('dind64/base');
      // Its pod is removed without a wait for its end.
      await kubectl(['wait', '--for=delete', 'pod/dind64-check', '--timeout=60s']);
      expect(await kubectl(['get', 'pods', '-o', 'name'])).toBe('pod/probe\n');
    });

    it('`attach` again changes nothing', async () => {
      const { stderr } = await cluster.succeed(attach, { DIND_OUTPUT: 'plain' });
      for (const title of ['attachment recorded', 'nodes led', 'DNS64', 'NAT64', 'cluster DNS forwards to DNS64'])
        expect(stderr).toMatch(new RegExp(`${title}[^\\n]*: unchanged`));
    });

    it('a node that is restarted has its way again', async () => {
      await cluster.engine.restartContainer(node);
      const limit = { condition: 'the pod gets through', limitMs: 180_000, intervalMs: 1000 };
      await waitUntil(limit, async () => {
        const { exitCode, stdout, stderr } = await pod(reach);
        return exitCode === 0 ? { done: stdout } : { seen: stderr };
      });
    });

    it('`status` tells of it, and of a route that somebody took away, which `attach` puts back', async () => {
      const status = async (): Promise<{ drift: string[]; attached: unknown }> =>
        JSON.parse((await cluster.succeed(['status', '--json'], named)).stdout) as {
          drift: string[];
          attached: unknown;
        };
      const { drift, attached } = await status();
      expect(attached).toEqual({ of: 'kind', cluster: 'theirs', network: 'kind', dualStack: false });
      expect(drift).toEqual([]);
      await cluster.engine.exec(node, ['ip', '-6', 'route', 'del', 'fd00:10:64:ff9b::/96']);
      expect((await status()).drift).toEqual([`node ${node} has no route to NAT64`]);
      await cluster.succeed(attach);
      expect((await status()).drift).toEqual([]);
    });

    it('`aaaa` works on it, and what makes or removes nodes does not', async () => {
      const { stderr, exitCode } = await cluster.dind64(['aaaa', 'on'], named);
      expect([exitCode, stderr]).toEqual([2, expect.stringContaining('no IPv6 default route')]);
      await cluster.succeed(['aaaa', 'off'], named);
      for (const verb of ['up', 'plan', 'down', 'clean', 'pause', 'kubeconfig']) {
        const refused = await cluster.dind64([verb], named);
        expect([verb, refused.exitCode, refused.stderr]).toEqual([
          verb,
          2,
          expect.stringContaining('kind cluster theirs'),
        ]);
      }
    });

    it('`detach`, and again, leaves cluster, nodes, network and host as they were', async () => {
      await cluster.succeed(detach);
      await cluster.succeed(detach);
      expect(await readCluster()).toBe(before.cluster);
      expect(await readHostState(cluster.lab, theirs.kubeconfig)).toEqual(before.host);
      expect((await pod(reach)).exitCode).not.toBe(0);
    });

    it('a cluster that was deleted and made again is attached to anew', async () => {
      await cluster.succeed(attach);
      await cluster.lab.host(
        [theirs.kind, 'delete', 'cluster', '--name', 'theirs', '--kubeconfig', theirs.kubeconfig],
        { cwd: '/' },
      );
      await createKindCluster(cluster.lab, theirs);
      await makePod();
      await cluster.succeed(attach);
      expect((await pod(reach)).stdout.trim()).toBe(cluster.lab.hostAddresses.ipv4);
    });

    it('`detach` after the cluster is gone leaves nothing', async () => {
      await cluster.lab.host(
        [theirs.kind, 'delete', 'cluster', '--name', 'theirs', '--kubeconfig', theirs.kubeconfig],
        { cwd: '/' },
      );
      await cluster.succeed(detach);
      expect((await cluster.engine.listContainers({})).map(({ name }) => name)).toEqual([]);
      expect((await cluster.engine.listNetworks()).map(({ name }) => name).sort()).toEqual([
        ...['bridge', 'host', 'kind', 'none'],
      ]);
    });
  },
  'hard',
);
