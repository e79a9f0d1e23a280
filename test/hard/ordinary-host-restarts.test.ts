import { expect, it } from 'vitest';
import { waitUntil } from '../../src/wait.js';
import { uplink } from '../lab/sites.js';
import { describeWithMachine } from '../support/vm.js';
import { nodes, useCluster } from '../vm/cluster.js';

/** A host with systemd and Docker that restarts: containers, the engine, the machine itself. Profile dual, in a virtual machine. */
describeWithMachine('An ordinary host restarts', { profile: 'dual', ipv6Setup: 'router-advertisement' }, (fixture) => {
  const { dind64, makePod, sources } = useCluster(fixture);
  const reached = { 'v4only.test': uplink.host.ipv4, 'dual.test': uplink.slaacIpv6, 'v6only.test': uplink.slaacIpv6 };

  it('has a cluster', async () => {
    expect(await dind64('up')).toMatchObject({ exitCode: 0 });
  });

  it('NAT64 and a node restart: up completes, and pods reach everything', async () => {
    await fixture.machine.succeed(`docker restart kubeadm-dind-nat64 ${nodes[1]}`);
    expect(await dind64('up')).toMatchObject({ exitCode: 0 });
    await makePod();
    expect(await sources()).toEqual(reached);
  });

  it('the machine reboots: the cluster is back and pods reach everything, with nothing done by hand but `up`', async () => {
    await fixture.machine.reboot();
    expect((await fixture.machine.succeed("docker ps --format '{{.Names}}'")).trim().split('\n').sort()).toEqual([
      'kubeadm-dind-api',
      'kubeadm-dind-control-plane',
      'kubeadm-dind-dns64',
      'kubeadm-dind-nat64',
      'kubeadm-dind-worker-1',
    ]);
    expect(await dind64('up')).toMatchObject({ exitCode: 0 });
    await waitUntil({ condition: 'a pod can be made', limitMs: 600_000, intervalMs: 5000 }, async () =>
      makePod().then(
        () => ({ done: true }),
        (error: unknown) => ({ seen: String(error) }),
      ),
    );
    expect(await sources()).toEqual(reached);
  });

  it('let nothing out with a source that must not leave a host', async () => {
    expect(await fixture.lab.leaks()).toEqual([]);
  });

  it('clean works after it', async () => {
    expect(await dind64('clean')).toMatchObject({ exitCode: 0 });
    expect(await fixture.machine.succeed('docker ps -aq; docker volume ls -q --filter label=dev.dind64.cluster')).toBe(
      '',
    );
  });
});
