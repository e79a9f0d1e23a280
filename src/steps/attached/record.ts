import { removeRecord, writeRecord } from '../../cluster/record.js';
import type { RemovalStep, UpStep } from '../../cluster/step.js';

/** What is attached to which cluster, before anything is made. Nothing of the engine host is changed, so nothing is recorded of it. */
export const recordAttachment: UpStep = {
  id: 'record',
  title: 'attachment recorded',
  after: [],
  run: async ({ engine, record }) => {
    await writeRecord(engine, record);
    return { result: record.generation > 1 ? 'unchanged' : 'done' };
  },
};

/** The last of `detach`: one that is not complete needs it again. */
export const forgetAttachment: RemovalStep = {
  id: 'record',
  title: 'record removed',
  after: [],
  needs: ['cluster-dns', 'nodes', 'helpers', 'networks', 'config-volumes'],
  run: async ({ engine, clusterName }) => {
    await removeRecord(engine, clusterName);
    return { result: 'done' };
  },
};
