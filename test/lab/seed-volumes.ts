import { connectSocket } from '../../src/engine/connect.js';
import { labels } from '../../src/labels.js';
import { readEnvironment } from '../../src/settings/environment.js';

/**
 * The engine takes a volume's time of creation from its folder, which a clone makes anew. So the records that component stores are complete
 * (src/images/component-store.ts), which name that time, are written again; else each lab would unpack the images again.
 */
export async function renewStoreRecords(socket: string): Promise<void> {
  const engine = await connectSocket(socket, readEnvironment({}, '/').engine);
  for (const { name, labels: found } of await engine.listVolumes({ [labels.role]: 'image-store-record' })) {
    const store = await engine.findVolume(name.replace(/-complete$/, ''));
    const record = JSON.parse(found[labels.imageStore] ?? '{}') as Record<string, unknown>;
    if (store === undefined || record['volumeCreatedAt'] === store.createdAt) continue;
    await engine.removeVolume(name);
    await engine.createVolume(name, {
      ...found,
      [labels.imageStore]: JSON.stringify({ ...record, volumeCreatedAt: store.createdAt }),
    });
  }
}
