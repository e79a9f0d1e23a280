import { describe, expect, it } from 'vitest';
import { planApiContainer } from '../../../../src/plan/containers/api.js';
import { planDns64Container } from '../../../../src/plan/containers/dns64.js';
import { planNat64Container } from '../../../../src/plan/containers/nat64.js';
import { samplePlan } from '../../../support/sample-plan.js';

const plan = samplePlan();

describe('the helper containers', () => {
  it('are made with the least: no privilege, a read-only root, capabilities only for NAT64', () => {
    const specs = [planDns64Container(plan), planNat64Container(plan), planApiContainer(plan)];
    expect(
      specs.map(({ privileged, readOnlyRoot, capabilities, devices, user }) => ({
        privileged,
        readOnlyRoot,
        capabilities,
        devices,
        user,
      })),
    ).toEqual([
      { privileged: undefined, readOnlyRoot: true, capabilities: undefined, devices: undefined, user: 'unbound' },
      {
        privileged: undefined,
        readOnlyRoot: true,
        capabilities: ['NET_ADMIN', 'SETPCAP', 'BPF', 'PERFMON'],
        devices: ['/dev/net/tun'],
        user: undefined,
      },
      { privileged: undefined, readOnlyRoot: true, capabilities: undefined, devices: undefined, user: 'haproxy' },
    ]);
  });

  it('have their default routes on the egress network and a fixed place on the node network', () => {
    expect(planDns64Container(plan).network).toEqual([
      { network: 'kubeadm-dind-egress', macAddress: plan.dns64.egressMacAddress, gatewayPriority: 1 },
      { network: 'kubeadm-dind-net', ipv6: 'fd00:20::100', macAddress: plan.dns64.macAddress },
    ]);
  });

  it('forward nothing, but for NAT64', () => {
    const forwarding = [planDns64Container(plan), planNat64Container(plan), planApiContainer(plan)].map(
      ({ sysctls }) => [sysctls?.['net.ipv4.ip_forward'], sysctls?.['net.ipv6.conf.all.forwarding']],
    );
    expect(forwarding).toEqual([
      ['0', '0'],
      ['1', '1'],
      ['0', '0'],
    ]);
  });

  it('publish the API on the loopback alone, and nothing else', () => {
    expect(planApiContainer(plan).ports).toEqual([
      { hostIp: '127.0.0.1', hostPort: 21000, containerPort: 6443 },
      { hostIp: '::1', hostPort: 21000, containerPort: 6443 },
    ]);
    expect(planApiContainer(samplePlan({ facts: { ipv6Loopback: false, bpf: true } })).ports).toHaveLength(1);
    expect([planDns64Container(plan).ports, planNat64Container(plan).ports]).toEqual([undefined, undefined]);
  });
});
