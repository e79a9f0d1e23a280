import { describe, expect, it } from 'vitest';
import { parseIpv6Cidr } from '../../../src/net/cidr.js';
import { chooseCidrs } from '../../../src/plan/addressing.js';
import { macAddressFor } from '../../../src/plan/identity.js';
import { nameCluster } from '../../../src/plan/names.js';
import { samplePlan, sampleSettings } from '../../support/sample-plan.js';

describe('createPlan', () => {
  it('is the golden file', async () => {
    await expect(`${JSON.stringify(samplePlan(), null, 2)}\n`).toMatchFileSnapshot('golden/plan.json');
  });

  it('knows btrfs by the backing file system, too', () => {
    expect(
      samplePlan({
        engine: {
          cgroupVersion: '2',
          storageDriver: 'overlay2',
          backingFilesystem: 'btrfs',
          userNamespaceRemap: true,
          firewallBackend: 'iptables',
        },
      }).nodeTraits,
    ).toMatchObject({ devMapper: true, userNamespaceHost: true });
  });
});

describe('nameCluster', () => {
  it.each(['kubeadm-dind', 'a', 'a-cluster-with-a-very-long-name-of-forty-c'])(
    'keeps bridges of %s within Linux’s limits',
    (name) => {
      const names = nameCluster(name);
      expect(names.nodeBridge.length).toBeLessThanOrEqual(15);
      expect(names.egressBridge.length).toBeLessThanOrEqual(15);
    },
  );
});

describe('chooseCidrs', () => {
  it('gives the default cluster the documented CIDRs', () => {
    expect(chooseCidrs(sampleSettings, [])).toEqual({
      nodeCidr: 'fd00:20::/64',
      podCidr: 'fd00:40::/72',
      serviceCidr: 'fd00:30::/110',
    });
  });

  it('derives others from another name, always the same ones, away from what is taken', () => {
    const settings = { ...sampleSettings, clusterName: 'second' };
    const first = chooseCidrs(settings, []);
    expect(chooseCidrs(settings, [])).toEqual(first);
    expect(first.nodeCidr).toMatch(/^fd00:20:[0-9a-f]+::\/64$/);
    expect(chooseCidrs(settings, [first.nodeCidr]).nodeCidr).not.toBe(first.nodeCidr);
  });

  it('keeps what the user gave', () => {
    expect(
      chooseCidrs({ ...sampleSettings, clusterName: 'second', podCidr: parseIpv6Cidr('fd99::/72') }, []).podCidr,
    ).toBe('fd99::/72');
  });
});

describe('macAddressFor', () => {
  it('is a locally administered unicast address', () => {
    expect(macAddressFor('kubeadm-dind-worker-1')).toMatch(/^02(:[0-9a-f]{2}){5}$/);
    expect(macAddressFor('kubeadm-dind-worker-1')).not.toBe(macAddressFor('kubeadm-dind-worker-2'));
  });
});
