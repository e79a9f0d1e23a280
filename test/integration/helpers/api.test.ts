import { expect, it } from 'vitest';
import { nthAddress } from '../../../src/net/cidr.js';
import { labels } from '../../../src/labels.js';
import { checkHelperHealth } from '../../../src/cluster/helpers/helper.js';
import { configDirectory } from '../../../src/cluster/helpers/helper.js';
import { waitUntil } from '../../../src/wait.js';
import { describeWithLab } from '../../support/lab.js';
import { engineChoice, readPrivileges, useHelpers, waitForHelper, type HelperCluster } from './cluster.js';

/** HTTP instead of TLS: the forwarder does not look into what it carries. */
const serverConfig = `defaults
  mode http
  timeout client 1h
  timeout server 1h
  timeout connect 1s
frontend server
  bind [::]:6443
  http-request return status 200 content-type text/plain string "ok" if { path /readyz }
  http-request return status 200 content-type text/plain lf-string "from %[src]"
`;

for (const userlandProxy of [true, false]) {
  const engine =
    typeof engineChoice === 'boolean'
      ? { daemonJson: { 'userland-proxy': userlandProxy } }
      : { ...engineChoice, daemonJson: { 'userland-proxy': userlandProxy } };
  describeWithLab(
    'integration',
    `API forwarder, userland proxy ${userlandProxy ? 'on' : 'off'}`,
    { profile: 'dual', engine },
    (fixture) => {
      const made = useHelpers(fixture, ['api'], ({ facts }) => ({ facts: { ...facts, ipv6Loopback: userlandProxy } }));
      const url = (host: string): string => `http://${host}:${made.cluster.plan.api.port}`;
      const get = (address: string, path = '/readyz'): Promise<{ exitCode: number; stdout: string }> =>
        fixture.lab.host(['curl', '-sS', '-m', '3', '--noproxy', '*', `${url(address)}${path}`]);

      it('takes connections before there is a server, and ends them', async () => {
        expect((await get('127.0.0.1')).stdout).toBe('');
        const health = await checkHelperHealth(made.cluster.engine, made.cluster.plan.api.name, { limitMs: 8000 });
        expect(health).toMatchObject({
          status: 'running',
          problems: [expect.stringContaining('the API server does not answer')],
        });
      });

      it('carries the loopback to the control plane within a second of its start', async () => {
        await startServer(made.cluster);
        const start = performance.now();
        await waitUntil(
          { condition: 'the server answers through the forwarder', limitMs: 5_000, intervalMs: 20 },
          async () => {
            const { stdout } = await get('127.0.0.1');
            return stdout === 'ok' ? { done: true } : { seen: stdout };
          },
        );
        expect(performance.now() - start).toBeLessThan(2_000);
        expect((await get('127.0.0.1', '/')).stdout).toBe(`from ${made.cluster.plan.api.address}`);
        if (userlandProxy) expect((await get('[::1]')).stdout).toBe('ok');
      });

      it('is on the loopback and nowhere else', async () => {
        const { ipv4 } = fixture.lab.hostAddresses;
        expect((await get(ipv4 ?? '')).exitCode).not.toBe(0);
        const { stdout } = await fixture.lab.exec('internet', ['curl', '-sS', '-m', '2', url(ipv4 ?? '')]);
        expect(stdout).toBe('');
      });

      it('has no capability, no root and nothing to write to, and is there again after a restart', async () => {
        const { engine, plan } = made.cluster;
        const privileges = await readPrivileges(engine, plan.api.name);
        expect(privileges).toMatchObject({ capEff: 0n, capBnd: 0n, noNewPrivs: '1', rootWritable: false });
        expect(privileges.uid).not.toBe('0');
        const start = performance.now();
        await engine.restartContainer(plan.api.name);
        // It ends when it is told to, and is not killed after ten seconds.
        expect(performance.now() - start).toBeLessThan(8_000);
        await waitForHelper(engine, plan, 'api');
        expect((await get('127.0.0.1')).stdout).toBe('ok');
      });
    },
  );
}

/** A stand-in for an API server, at the control plane's address. */
async function startServer({ engine, plan }: HelperCluster): Promise<void> {
  const name = `${plan.clusterName}-server`;
  await engine.createContainer({
    name,
    image: plan.api.image,
    labels: { [labels.cluster]: plan.clusterName },
    mounts: [{ type: 'volume', target: configDirectory }],
    network: [{ network: plan.nodeNetwork.name, ipv6: nthAddress(plan.nodeNetwork.cidr, 2) }],
  });
  await engine.putFiles(name, configDirectory, [{ path: 'haproxy.cfg', content: serverConfig }]);
  await engine.startContainer(name);
}
