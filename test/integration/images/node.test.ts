import { beforeAll, expect, it } from 'vitest';
import { describeWithLab } from '../../support/lab.js';
import { networkFiles, startNode, useImages, type TestNode } from './support.js';

describeWithLab(
  'integration',
  'a node of the own image on a network without IPv4',
  { profile: 'dual', engine: true },
  (fixture) => {
    const images = useImages(fixture);
    let node: TestNode;
    beforeAll(async () => {
      node = await startNode(images.bench.engine, images.bench.plan());
      await node.boots();
    });

    it('has every image that kubeadm asks for, unpacked, and shares it', async () => {
      const version = images.bench.images.nodeVersion;
      const wanted = (
        await node.output(`kubeadm config images list --kubernetes-version ${version} 2> /dev/null`)
      ).split('\n');
      const present = (await node.output('ctr -n k8s.io images ls -q 2> /dev/null')).split('\n');
      expect(present).toEqual(expect.arrayContaining([...wanted, images.bench.images.base]));
      expect(
        await node.output(
          'ctr -n k8s.io run --rm registry.k8s.io/kube-proxy:$(kubeadm version -o short) t /usr/local/bin/kube-proxy --version 2> /dev/null',
        ),
      ).toBe(`Kubernetes ${version}`);
      expect(Number(await node.output('du -sm /var/lib/containerd | cut -f1'))).toBeLessThan(20);
    });

    it('has a resolver, routes and rules of dind64, and no IPv4 address but loopback’s', async () => {
      expect(await node.output('cat /etc/resolv.conf')).toBe('nameserver fd00:20::100');
      expect(await node.output("ip -6 route show proto 64 | cut -d' ' -f1-3")).toBe(
        'fd00:10:64:ff9b::/96 via fd00:20::200\nfd00:40:0:0:1::/80 via fd00:20::3',
      );
      expect(await node.output('nft list tables inet')).toContain('table inet dind64-test');
      expect(await node.output("ip -4 -o addr | grep -v ' lo ' | wc -l")).toBe('0');
    });

    it('takes routes away that are not wanted any more, and leaves others alone', async () => {
      await node.output('ip -6 route add fd00:99::/64 via fd00:20::9');
      await images.bench.engine.putFiles(node.name, '/', [
        { path: 'dind64/network/routes', content: 'fd00:40::1:0:0:0/80 via fd00:20::4\nunreachable fd00:77::/64\n' },
      ]);
      await node.output('/dind64/apply-network && /dind64/apply-network');
      expect(await node.output('ip -6 route show proto 64')).toMatch(
        /^fd00:40:0:0:1::\/80 via fd00:20::4 .*\nunreachable fd00:77::\/64 /,
      );
      expect(await node.output('ip -6 route show fd00:99::/64')).toContain('via fd00:20::9');
      await images.bench.engine.putFiles(node.name, '/', networkFiles);
    });

    it('keeps its identity and its own images over a restart, and stops in time', async () => {
      await node.output(
        'ctr -n k8s.io images tag registry.k8s.io/etcd:$(ctr -n k8s.io images ls -q | sed -n "s/.*etcd://p") docker.io/library/mine:1',
      );
      const identity = await node.output('cat /etc/machine-id; cat /dind64/state/product_uuid');
      const before = performance.now();
      await images.bench.engine.stopContainer(node.name);
      expect((await node.state()).exitCode).not.toBe(137);
      expect(performance.now() - before).toBeLessThan(9000);
      await images.bench.engine.startContainer(node.name);
      await node.boots();
      expect(await node.output('cat /etc/machine-id; cat /dind64/state/product_uuid')).toBe(identity);
      expect(await node.output('ctr -n k8s.io images ls -q')).toContain('docker.io/library/mine:1');
      expect(await node.output('cat /etc/resolv.conf')).toBe('nameserver fd00:20::100');
    });

    it('has a machine-id of its own, trusts the user’s CA and gives containerd the proxy', async () => {
      const former = await node.output('cat /etc/machine-id');
      const other = await startNode(images.bench.engine, images.bench.plan(), [
        { path: 'dind64/ca-bundle.crt', content: fixture.lab.ca.pem },
        { path: 'dind64/proxy.env', content: 'HTTPS_PROXY=http://[fd00:20::1]:3128\n', mode: 0o600 },
      ]);
      await other.boots();
      expect(await other.output('cat /etc/machine-id')).not.toBe(former);
      expect(await other.output('tail -n 3 /etc/ssl/certs/ca-certificates.crt')).toContain(
        fixture.lab.ca.pem.trim().split('\n').at(-2),
      );
      expect(await other.output('tr "\\0" "\\n" < /proc/$(pgrep -x containerd)/environ')).toContain(
        'HTTPS_PROXY=http://[fd00:20::1]:3128',
      );
    });
  },
);
