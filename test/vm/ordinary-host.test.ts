import { beforeEach, describe, expect, it } from 'vitest';
import { uplink } from '../lab/sites.js';
import { listChangedSysctls, machineSysctlsScript } from '../support/machine-sysctls.js';
import { describeWithMachine } from '../support/vm.js';
import { nodes, useCluster } from './cluster.js';
import { readHostState, type HostState } from './host-state.js';

/**
 * Scenario 11: what every user has and the build machines do not. Stock kernel, cgroup v2, systemd (networkd, resolved), AppArmor, Docker as packaged,
 * an unprivileged user in group docker, dind64 as an installed package. About ten times slower without acceleration, so it is one cluster of 1+1 nodes.
 */
describeWithMachine('An ordinary host', { profile: 'dual', ipv6Setup: 'router-advertisement' }, (fixture) => {
  const { dind64, node, pod, sources, makePod } = useCluster(fixture);
  let before: HostState;
  let sysctls: string;
  let isUp = false;

  describe('before', () => {
    it('is what most users have', async () => {
      const { machine } = fixture;
      expect(
        await machine.succeed(
          'stat -f -c %T /sys/fs/cgroup; cat /proc/1/comm; id -nG; cat /sys/module/apparmor/parameters/enabled; systemctl is-system-running',
        ),
      ).toBe('cgroup2fs\nsystemd\ndev docker\nY\nrunning\n');
      expect(await machine.engine.info()).toMatchObject({
        version: expect.stringMatching(/^28\./),
        cgroupVersion: '2',
        storageDriver: 'overlay2',
      });
      expect((await machine.run('sudo -n true')).exitCode).not.toBe(0);
      // An administrator's own, and what a kernel has where the machine's init raises nothing.
      await machine.succeed(
        "sysctl -qw 'kernel.core_pattern=|/usr/bin/crash-handler %p' fs.file-max=600000 fs.nr_open=1048576",
        { as: 'root' },
      );
      sysctls = await machine.succeed(machineSysctlsScript, { as: 'root' });
      before = await readHostState(machine);
    });

    it('reaches the lab by both families', async () => {
      expect(
        await fixture.machine.succeed(
          'for name in v4only v6only; do curl -sS --max-time 60 http://$name.test/source; done',
        ),
      ).toBe(`${uplink.host.ipv4}\n${uplink.slaacIpv6}\n`);
    });
  });

  describe('with a cluster', () => {
    beforeEach(({ skip, task }) => {
      skip(!isUp && !task.name.startsWith('up '), 'there is no cluster');
    });

    it('up by an unprivileged user ends in success, with the mode and the check', async () => {
      const up = await dind64('up');
      expect(up, up.stderr).toMatchObject({ exitCode: 0 });
      isUp = true;
      const { stdout } = await fixture.machine.run('dind64 kubectl get nodes --no-headers');
      expect(stdout.split('\n').filter((line) => / Ready /.test(line))).toHaveLength(2);
    });

    // Seen to fail with a privileged node as the engine makes it: systemd-sysctl writes core_pattern there, and systemd itself the other two.
    it('no node has changed a setting of the machine', async () => {
      const now = await fixture.machine.succeed(machineSysctlsScript, { as: 'root' });
      expect(listChangedSysctls(sysctls, now)).toEqual([]);
    });

    it('uses cgroup v2 as systemd has it, and nothing of v1', async () => {
      for (const name of nodes) {
        const config = await node(name, 'cat /var/lib/kubelet/config.yaml');
        expect(config).toContain('cgroupDriver: systemd');
        expect(config).not.toMatch(/failCgroupV1/);
        expect(await node(name, 'cat /proc/cmdline /proc/1/cmdline | tr "\\0" " "')).not.toMatch(
          /SYSTEMD_CGROUP_ENABLE_LEGACY_FORCE|unified_cgroup_hierarchy/,
        );
        // All pods are below the slice that the kubelet was given.
        expect(await node(name, 'cat /sys/fs/cgroup/cgroup.controllers')).toMatch(/cpu.*memory.*pids/);
        expect(await node(name, 'ls -d /sys/fs/cgroup/kubelet*/kubelet-kubepods.slice')).toContain('kubepods');
        expect(await node(name, 'systemctl --failed --plain --no-legend')).toBe('');
        expect(await node(name, 'journalctl -b -p warning --no-pager | grep -i cgroup || true')).toBe('');
      }
    });

    it('a pod reaches each kind of site as it should', async () => {
      await makePod();
      expect(await sources()).toEqual({
        'v4only.test': uplink.host.ipv4,
        'dual.test': uplink.slaacIpv6,
        'v6only.test': uplink.slaacIpv6,
      });
      expect(
        await pod(
          'curl -sS --max-time 300 http://v4only.test/10mb.bin | wc -c; curl -sS --max-time 300 http://dual.test/10mb.bin | wc -c',
        ),
      ).toBe('10485760\n10485760\n');
      expect(
        await pod(
          'exec 3<>/dev/udp/v4only.test/7; echo hello >&3; timeout 30 head -n 1 <&3; ping -c 1 -W 30 v4only.test >&2; ping -c 1 -W 30 v6only.test >&2',
        ),
      ).toBe('hello\n');
      expect(await pod('ip -4 -o address | grep -v " lo " || true')).toBe('');
    });

    it('status tells that all is there', async () => {
      const { stdout } = await dind64('status', '--json');
      expect(JSON.parse(stdout)).toMatchObject({
        mode: { aaaa: true },
        nodes: nodes.map((name) => ({ name, health: 'running', ready: true })),
        helpers: ['dns64', 'nat64', 'api'].map((role) => ({ role, health: 'running' })),
        hostRules: [{ present: true }, { present: true }, { present: true }],
        guard: { health: 'running' },
        // This kernel takes the eBPF program.
        nat64: { wanted: 'auto', engine: 'ebpf' },
      });
    });

    it('changes its mode and back', async () => {
      expect(await dind64('aaaa', 'off')).toMatchObject({ exitCode: 0 });
      expect((await sources(['dual.test']))['dual.test']).toBe(uplink.host.ipv4);
      expect(await dind64('aaaa', 'on')).toMatchObject({ exitCode: 0 });
      expect((await sources(['dual.test']))['dual.test']).toBe(uplink.slaacIpv6);
    });

    it('let nothing out with a source that must not leave a host', async () => {
      expect(await fixture.lab.leaks()).toEqual([]);
    });
  });

  describe('after', () => {
    it('clean leaves the host as it was', async () => {
      expect(await dind64('clean')).toMatchObject({ exitCode: 0 });
      // The kubeconfig's folder may stay where a user had none.
      expect(await readHostState(fixture.machine)).toEqual(before);
      expect(
        await fixture.machine.succeed(
          'for name in v4only v6only; do curl -sS --max-time 60 http://$name.test/source; done',
        ),
      ).toBe(`${uplink.host.ipv4}\n${uplink.slaacIpv6}\n`);
    });
  });
});
