import { expect, it } from 'vitest';
import { waitUntil } from '../../src/wait.js';
import { ports, sites, uplink } from '../lab/sites.js';
import { listChangedSysctls, machineSysctlsScript } from '../support/machine-sysctls.js';
import { describeWithMachine } from '../support/vm.js';
import { nodes, useCluster } from '../vm/cluster.js';
import { readIpv6Watch, watchIpv6 } from '../vm/watch-ipv6.js';

const site = sites['v6only.test']?.ipv6 ?? '';
const containers = ['api', 'control-plane', 'dns64', 'host', 'nat64', 'worker-1'].map((name) => `kubeadm-dind-${name}`);

/** Sends whether anything gets through or not, and says when an answer came (seconds of the epoch). */
const keepSending = `while :; do
  exec 3<>/dev/udp/${site}/${ports.echo} && echo x >&3 && read -r -N 1 -t 1 -u 3 _ && printf '%(%s)T\\n'
  sleep 0.2
done 2>/dev/null`;

/**
 * A host with systemd and Docker that restarts: containers, the engine, the machine itself. Profile dual, in a virtual machine, whose networkd handles router
 * advertisements. (The kernel's own are dual-router-advertisements.test.ts.)
 */
describeWithMachine('An ordinary host restarts', { profile: 'dual', ipv6Setup: 'router-advertisement' }, (fixture) => {
  const { dind64, makePod, sources, kubectl, baseImage } = useCluster(fixture);
  const reached = { 'v4only.test': uplink.host.ipv4, 'dual.test': uplink.slaacIpv6, 'v6only.test': uplink.slaacIpv6 };
  const asRoot = { as: 'root' } as const;
  const corePattern = '|/usr/bin/crash-handler %p';
  let sysctls: string;

  it('has a cluster', async () => {
    // An administrator's own, at each boot.
    await fixture.machine.succeed(
      `echo 'kernel.core_pattern = ${corePattern}' >/etc/sysctl.d/crash-handler.conf; sysctl -qp /etc/sysctl.d/crash-handler.conf`,
      asRoot,
    );
    sysctls = await fixture.machine.succeed(machineSysctlsScript, asRoot);
    await watchIpv6(fixture.machine, site);
    expect(await dind64('up')).toMatchObject({ exitCode: 0 });
  });

  it('NAT64 and a node restart: up completes, and pods reach everything', async () => {
    await fixture.machine.succeed(`docker restart kubeadm-dind-nat64 ${nodes[1]}`);
    expect(await dind64('up')).toMatchObject({ exitCode: 0 });
    await makePod();
    expect(await sources()).toEqual(reached);
    // Seen to fail with a privileged node as the engine makes it, whose systemd writes core_pattern, fs.file-max and fs.nr_open.
    expect(listChangedSysctls(sysctls, await fixture.machine.succeed(machineSysctlsScript, asRoot))).toEqual([]);
  });

  it('the machine reboots while a pod and a container of the user’s keep sending: all of it is back by itself', async () => {
    const { machine, lab } = fixture;
    const answers = async (): Promise<number[]> =>
      (
        await Promise.all([
          machine.succeed('docker logs --tail 1 sender'),
          kubectl(['logs', '--tail=1', 'sender']).catch(() => ''),
        ])
      ).map(Number);
    const answersSince = async (time: number): Promise<void> =>
      waitUntil({ condition: 'both senders get answers', limitMs: 1_200_000, intervalMs: 5000 }, async () => {
        const seen = await answers();
        return seen.every((last) => last > time) ? { done: undefined } : { seen: `${seen.join(', ')} after ${time}` };
      });
    const now = async (): Promise<number> => Number(await machine.succeed('date +%s'));
    await machine.succeed(
      `docker run --detach --restart always --name sender --network kubeadm-dind-net --entrypoint bash ${await baseImage()} -c "$(cat)"`,
      { stdin: keepSending },
    );
    await makePod('sender', keepSending);
    await answersSince(0);
    await lab.resetLeaks();
    await machine.reboot();
    const booted = await now();
    expect((await machine.succeed("docker ps --format '{{.Names}}'")).trim().split('\n').sort()).toEqual([
      ...containers,
      'sender',
    ]);
    await answersSince(booted);
    expect(await machine.succeed('cat /proc/sys/kernel/core_pattern')).toBe(`${corePattern}\n`);
    expect(await lab.leaks()).toEqual([]);
  });

  it('new pods reach everything, and nothing was let out with a source that must not leave a host', async () => {
    await makePod();
    expect(await sources()).toEqual(reached);
    expect(await fixture.lab.leaks()).toEqual([]);
    await fixture.machine.succeed('docker rm --force sender');
  });

  it('the host itself had its IPv6 all the time, before the reboot and after it', async () => {
    expect(await fixture.machine.succeed('ip -6 route show default')).toContain('proto ra');
    expect(await readIpv6Watch(fixture.machine, uplink.slaacIpv6)).toEqual([['answer'], ['answer']]);
  });

  it('clean works after it', async () => {
    expect(await dind64('clean')).toMatchObject({ exitCode: 0 });
    expect(await fixture.machine.succeed('docker ps -aq; docker volume ls -q --filter label=dev.dind64.cluster')).toBe(
      '',
    );
  });
});
