import type { Engine } from '../../engine/types.js';
import { labels } from '../../labels.js';
import type { Source } from '../source.js';

/** What the engine tells, as dind64 sees it; of containers that are not dind64's nothing. */
export function listEngineSources(engine: Engine): Source[] {
  const json = (value: unknown): string => JSON.stringify(value, null, 2);
  return [
    {
      path: 'engine/info.json',
      about: 'the engine: version, drivers, kernel',
      read: async () => json({ endpoint: engine.endpoint, ...(await engine.info()) }),
    },
    {
      path: 'engine/containers.json',
      about: 'containers of all clusters',
      read: async () => json(await engine.listContainers({ [labels.cluster]: undefined })),
    },
    { path: 'engine/networks.json', about: 'networks', read: async () => json(await engine.listNetworks()) },
    {
      path: 'engine/volumes.json',
      about: 'volumes of dind64, records of host changes among them',
      read: async () => json(await engine.listVolumes({ [labels.role]: undefined })),
    },
    {
      path: 'engine/images.json',
      about: 'images that dind64 made',
      read: async () =>
        json(
          (await engine.listImages({ [labels.content]: undefined })).map(({ id, tags, sizeBytes, createdAt }) => ({
            id,
            tags,
            sizeBytes,
            createdAt,
          })),
        ),
    },
  ];
}
