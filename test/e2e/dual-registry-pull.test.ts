import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { privateImage, testImage } from '../lab/sites.js';
import { describeWithCluster } from '../support/cluster.js';

/** Scenario 6: real registries have no IPv6. Seen to fail with nodes that have another resolver than DNS64. */
describeWithCluster(
  'An image comes from an IPv4-only registry, by name, through NAT64',
  { profile: 'dual', shared: true, env: { DIND_ALLOW_AAAA_USE: 'true' } },
  (cluster) => {
    const start = async (name: string, image: string): Promise<void> => {
      const pod = {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name },
        spec: {
          nodeName: cluster.nodes.first,
          restartPolicy: 'Never',
          terminationGracePeriodSeconds: 0,
          containers: [{ name, image, imagePullPolicy: 'Always', command: ['echo', 'hello'] }],
        },
      };
      await cluster.kubectl(['apply', '-f', '-'], JSON.stringify(pod));
    };
    const runs = async (name: string): Promise<void> => {
      await cluster.kubectl(['wait', '--for=jsonpath={.status.phase}=Succeeded', `pod/${name}`, '--timeout=60s']);
      expect(await cluster.kubectl(['logs', name])).toBe('hello\n');
      await cluster.kubectl(['delete', 'pod', name]);
    };

    it('and runs', async () => {
      await start('hello', testImage.reference);
      await runs('hello');
    });

    // Seen to fail, with 401, while the kubelet was not started anew: it remembered that there were none.
    it('with a password, only when DIND_REGISTRY_AUTH=docker hands on that of `docker login`, which no dump shows', async () => {
      const folder = await mkdtemp(join(cluster.lab.directory, 'docker-'));
      const { user, password, reference } = privateImage;
      const auth = Buffer.from(`${user}:${password}`).toString('base64');
      await writeFile(join(folder, 'config.json'), JSON.stringify({ auths: { [testImage.registry]: { auth } } }));
      const mode = (): Promise<string> =>
        cluster.node('stat --format=%a /var/lib/kubelet/config.json').then(({ stdout }) => stdout.trim());
      try {
        await start('private', reference);
        const refused = '--for=jsonpath={.status.containerStatuses[0].state.waiting.reason}=ErrImagePull';
        await cluster.kubectl(['wait', refused, 'pod/private', '--timeout=60s']);
        await cluster.kubectl(['delete', 'pod', 'private']);
        expect(await mode()).toBe('');
        await cluster.succeed(['up'], { DIND_REGISTRY_AUTH: 'docker', DOCKER_CONFIG: folder });
        expect(await mode()).toBe('600');
        await start('private', reference);
        await runs('private');
        const dump = join(folder, 'dump');
        await cluster.succeed(['dump', '--to', dump], { DOCKER_CONFIG: folder });
        const files = (await readdir(dump, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
        const texts = await Promise.all(files.map((entry) => readFile(join(entry.parentPath, entry.name), 'utf8')));
        expect(texts.filter((text) => text.includes(password) || text.includes(auth))).toEqual([]);
      } finally {
        await cluster.succeed(['up'], { DIND_REGISTRY_AUTH: 'none' });
        await rm(folder, { recursive: true });
      }
      expect(await mode()).toBe('');
    });
  },
);
