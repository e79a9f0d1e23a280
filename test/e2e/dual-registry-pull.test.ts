import { expect, it } from 'vitest';
import { describeWithCluster } from '../support/cluster.js';

/** Scenario 6: real registries have no IPv6. Seen to fail with nodes that have another resolver than DNS64. */
describeWithCluster(
  'An image comes from an IPv4-only registry, by name, through NAT64',
  { profile: 'dual', shared: true, env: { DIND_ALLOW_AAAA_USE: 'true' } },
  (cluster) => {
    it('and runs', async () => {
      const pod = {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'hello' },
        spec: {
          nodeName: cluster.nodes.first,
          restartPolicy: 'Never',
          terminationGracePeriodSeconds: 0,
          containers: [{ name: 'hello', image: 'registry.test/lab/hello:1', command: ['echo', 'hello'] }],
        },
      };
      await cluster.kubectl(['apply', '-f', '-'], JSON.stringify(pod));
      await cluster.kubectl(['wait', '--for=jsonpath={.status.phase}=Succeeded', 'pod/hello', '--timeout=60s']);
      expect(await cluster.kubectl(['logs', 'hello'])).toBe('hello\n');
      await cluster.kubectl(['delete', 'pod', 'hello']);
    });
  },
);
