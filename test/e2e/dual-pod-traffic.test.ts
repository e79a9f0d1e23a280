import { readFileSync } from 'node:fs';
import { execa } from 'execa';
import { beforeAll, expect, it } from 'vitest';
import { describeWithCluster } from '../support/cluster.js';

/** A server that answers with the client's address; bash and socat-free: the base image has neither python nor nc. */
const services = `apiVersion: v1
kind: Service
metadata: { name: echo }
spec: { selector: { probe: "2" }, ports: [{ port: 80, targetPort: 8080 }] }
---
apiVersion: v1
kind: Service
metadata: { name: headless }
spec: { clusterIP: None, selector: { probe: "2" }, ports: [{ port: 8080 }] }
---
apiVersion: v1
kind: Service
metadata: { name: local }
spec: { type: NodePort, externalTrafficPolicy: Local, selector: { probe: "2" }, ports: [{ port: 80, targetPort: 8080, nodePort: 30080 }] }
---
apiVersion: v1
kind: Service
metadata: { name: cluster }
spec: { type: NodePort, externalTrafficPolicy: Cluster, selector: { probe: "2" }, ports: [{ port: 80, targetPort: 8080, nodePort: 30081 }] }
`;

/** Scenario 7. Seen to fail with the nodes masquerading traffic among pods, and with duplicate address detection on the nodes (1010 ms). */
describeWithCluster(
  'Traffic inside the cluster',
  { profile: 'dual', shared: true, env: { DIND_ALLOW_AAAA_USE: 'true' } },
  (cluster) => {
    let podAddresses: string[];
    beforeAll(async () => {
      await cluster.kubectl(['apply', '-f', '-'], services);
      podAddresses = (
        await cluster.kubectl(['get', 'pod', 'probe-1', 'probe-2', '-o', 'jsonpath={.items[*].status.podIP}'])
      ).split(' ');
      // The image that came through NAT64 is the server: busybox's httpd tells the client's address.
      await cluster.kubectl(['apply', '-f', '-'], renderServer(cluster.nodes.last));
      await cluster.kubectl(['wait', '--for=condition=Ready', 'pod/server', '--timeout=60s']);
    });

    const ask = async (url: string, from: 1 | 2 = 1): Promise<string> =>
      (
        await cluster.pod(`curl -sS --max-time 5 --retry 10 --retry-delay 1 --retry-all-errors ${url}`, from)
      ).stdout.trim();

    it('a pod on another node sees the pod’s own address', async () => {
      const server = (await cluster.kubectl(['get', 'pod', 'server', '-o', 'jsonpath={.status.podIP}'])).trim();
      expect(await ask(`http://[${server}]:8080/cgi-bin/source`)).toBe(podAddresses[0]);
    });

    it.each(['http://echo/cgi-bin/source', 'http://headless:8080/cgi-bin/source'])(
      '%s sees the pod’s own address',
      async (url) => {
        expect(await ask(url)).toBe(podAddresses[0]);
      },
    );

    it('a NodePort with policy Local sees an untranslated source, one with policy Cluster the node’s', async () => {
      const [first, last] = await Promise.all([cluster.nodes.first, cluster.nodes.last].map((node) => addressOf(node)));
      // From another node, as a client outside of the cluster would.
      const fromNode = async (url: string): Promise<string> =>
        (
          await cluster.node(
            `exec 3<>/dev/tcp/${last}/${url.split(':')[1]}; printf 'GET /cgi-bin/source HTTP/1.0\\r\\n\\r\\n' >&3; tail -n 1 <&3`,
            cluster.nodes.controlPlane,
          )
        ).stdout.trim();
      expect(await fromNode('local:30080')).toBe(await addressOf(cluster.nodes.controlPlane));
      const { stdout } = await cluster.node(
        `exec 3<>/dev/tcp/${first}/30081; printf 'GET /cgi-bin/source HTTP/1.0\\r\\n\\r\\n' >&3; tail -n 1 <&3`,
        cluster.nodes.controlPlane,
      );
      expect(stdout.trim()).toBe(first);
    });

    /** Seen to fail without an address range of their own: pods time out, since nodes take the container for a node, and it has no way to answer. */
    it('a container that the user puts on the node network is reached from pods and nodes, and reaches a NodePort', async () => {
      const docker = async (...argv: string[]): Promise<string> =>
        (await execa('docker', argv, { env: { DOCKER_HOST: cluster.lab.engineEndpoint ?? '' } })).stdout.trim();
      const server = readFileSync('shell/probe-server.pl', 'utf8');
      await docker(
        ...['run', '--detach', '--name', 'guest', '--network', 'kubeadm-dind-net', '--entrypoint', 'perl'],
        ...[await cluster.baseImage(), '-e', server, '8080'],
      );
      try {
        const address = await docker(
          ...[
            'inspect',
            '--format',
            '{{(index .NetworkSettings.Networks "kubeadm-dind-net").GlobalIPv6Address}}',
            'guest',
          ],
        );
        expect(address).toMatch(/^fd00:20:0:0:1:/);
        const [first, last] = await Promise.all(
          [cluster.nodes.first, cluster.nodes.last].map((node) => addressOf(node)),
        );
        expect(await ask(`http://[${address}]:8080`, 1)).toBe(`source ${first}`);
        expect(await ask(`http://[${address}]:8080`, 2)).toBe(`source ${last}`);
        const { stdout } = await cluster.node(
          `exec 3<>/dev/tcp/${address}/8080; printf 'GET / HTTP/1.0\\r\\n\\r\\n' >&3; tail -n 1 <&3`,
        );
        expect(stdout.trim()).toBe(`source ${first}`);
        const asked = `exec 3<>/dev/tcp/${last}/30080; printf 'GET /cgi-bin/source HTTP/1.0\\r\\n\\r\\n' >&3; tail -n 1 <&3`;
        expect(await docker('exec', 'guest', 'bash', '-c', asked)).toBe(address);
      } finally {
        await docker('rm', '--force', 'guest');
      }
    });

    async function addressOf(node: string): Promise<string> {
      return (
        await cluster.kubectl([
          'get',
          'node',
          node,
          '-o',
          'jsonpath={.status.addresses[?(@.type=="InternalIP")].address}',
        ])
      ).trim();
    }
  },
);

function renderServer(node: string): string {
  return `apiVersion: v1
kind: Pod
metadata: { name: server, labels: { probe: "2" } }
spec:
  nodeName: ${node}
  terminationGracePeriodSeconds: 0
  containers:
  - name: server
    image: registry.test/lab/hello:1
    command: [sh, -c, "mkdir -p /www/cgi-bin && printf '#!/bin/sh\\\\necho; echo $REMOTE_ADDR | tr -d []\\\\n' > /www/cgi-bin/source && chmod +x /www/cgi-bin/source && exec httpd -f -p '[::]:8080' -h /www"]
    readinessProbe: { tcpSocket: { port: 8080 }, periodSeconds: 1 }
`;
}
