import type { Engine } from '../../engine/types.js';
import type { ClusterPlan } from '../../plan/types.js';
import { waitForHelper, type HelperWait } from './ready.js';

/** The forwarder takes connections once this returns; whether an API server is behind it is another question. Throws WaitError. */
export async function waitForApiForwarder(
  engine: Engine,
  plan: Pick<ClusterPlan, 'api'>,
  wait: HelperWait,
): Promise<void> {
  await waitForHelper(engine, {
    container: plan.api.name,
    condition: 'the API forwarder listens',
    ...wait,
  });
}
