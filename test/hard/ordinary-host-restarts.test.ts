import { expect, it } from 'vitest';
import { waitUntil } from '../../src/wait.js';
import { sites, uplink } from '../lab/sites.js';
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

  it('the machine reboots while pods and a container of the user’s keep sending: all of it is back by itself, and the host has its IPv6', async () => {
    // Started again with the nodes; it sends whether anything gets through or not.
    await fixture.machine.succeed(
      `docker run --detach --restart always --name sender --network kubeadm-dind-net --entrypoint bash "$(docker images --filter label=dev.dind64.content --format '{{.Repository}}:{{.Tag}}' | grep '^dind64/base:')" -c 'while :; do echo x > /dev/udp/${sites['v6only.test']?.ipv6}/9; sleep 0.2; done'`,
    );
    await fixture.lab.resetLeaks();
    await fixture.machine.reboot();
    expect((await fixture.machine.succeed("docker ps --format '{{.Names}}'")).trim().split('\n').sort()).toEqual([
      'kubeadm-dind-api',
      'kubeadm-dind-control-plane',
      'kubeadm-dind-dns64',
      'kubeadm-dind-host',
      'kubeadm-dind-nat64',
      'kubeadm-dind-worker-1',
      'sender',
    ]);
    await waitUntil({ condition: 'the host has its IPv6 route', limitMs: 120_000, intervalMs: 2000 }, async () => {
      const seen = await fixture.machine.succeed('ip -6 route show default');
      return seen.includes('proto ra') ? { done: undefined } : { seen };
    });
    await waitUntil({ condition: 'a pod can be made', limitMs: 1_200_000, intervalMs: 5000 }, async () =>
      makePod().then(
        () => ({ done: true }),
        (error: unknown) => ({ seen: String(error) }),
      ),
    );
    expect(await sources()).toEqual(reached);
    await fixture.machine.succeed('docker rm --force sender');
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
