import { expect, it } from 'vitest';
import { describeWithCluster } from '../support/cluster.js';

const env = {
  DIND_NUM_WORKERS: '1',
  DIND_ALLOW_AAAA_USE: 'auto',
  DIND_CHECK_TARGETS: 'dual.test,v4only.test',
  DIND_TIMEOUT: '10m',
};

/** Scenario 3: a host as hosted CI runners are. Seen to fail when `true` is not refused without an IPv6 default route. */
describeWithCluster('A host without IPv6', { profile: 'v4only', env, up: false }, (cluster) => {
  it('refuses `true` before anything is touched, with the line to paste', async () => {
    const networkNames = async (): Promise<string[]> =>
      (await cluster.engine.listNetworks()).map(({ name }) => name).sort();
    const before = await networkNames();
    const { exitCode, stderr } = await cluster.dind64(['up'], { DIND_ALLOW_AAAA_USE: 'true' });
    expect(exitCode).toBe(2);
    expect(stderr).toContain('DIND_ALLOW_AAAA_USE=auto npm run up');
    expect(await networkNames()).toEqual(before);
  });

  it('`auto` uses NAT64 alone and says why', async () => {
    const { stderr } = await cluster.succeed(['up'], env);
    expect(stderr).toMatch(/AAAA use is off \(auto: .*no IPv6 default route/);
    await cluster.ensurePods();
  });

  it('a pod reaches what has IPv4, and the site sees the engine host', async () => {
    const { stdout } = await cluster.pod(
      'curl -sS --max-time 10 http://v4only.test/source; curl -sS --max-time 10 http://dual.test/source',
    );
    expect(stdout.trim().split('\n')).toEqual([cluster.lab.hostAddresses.ipv4, cluster.lab.hostAddresses.ipv4]);
  });

  it('a longer DIND_TIMEOUT gives the parts of the control plane longer, too', async () => {
    for (const name of ['kube-apiserver', 'etcd'])
      expect(
        (await cluster.node(`cat /etc/kubernetes/manifests/${name}.yaml`, cluster.nodes.controlPlane)).stdout,
      ).toMatch(/livenessProbe:[^]*?timeoutSeconds: 30/);
  });

  it('an IPv6-only site fails at once', async () => {
    const start = performance.now();
    expect((await cluster.pod('curl -sS --max-time 20 http://v6only.test/')).exitCode).not.toBe(0);
    expect(performance.now() - start).toBeLessThan(3000);
  });

  it('`false` works as well, and changes nothing', async () => {
    const started = (await cluster.engine.findContainer(cluster.nodes.first))?.startedAt;
    await cluster.succeed(['up'], { DIND_ALLOW_AAAA_USE: 'false' });
    expect((await cluster.engine.findContainer(cluster.nodes.first))?.startedAt).toBe(started);
  });

  it('`aaaa on` is refused, and the cluster goes on as it was', async () => {
    const { exitCode, stderr } = await cluster.dind64(['aaaa', 'on']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('no IPv6 default route');
    expect((await cluster.pod('curl -sS --max-time 10 http://v4only.test/source')).stdout.trim()).toBe(
      cluster.lab.hostAddresses.ipv4,
    );
  });
});
