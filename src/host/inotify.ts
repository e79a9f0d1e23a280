/** What a quiet cluster of Kubernetes 1.37 was seen to take, rounded up: instances of root's, for what runs beside it, the control plane, and each worker. */
const needs = { host: 24, controlPlane: 32, worker: 16 };
/** Watches depend on what is mounted and read; pods with configuration maps take a few each. */
const leastWatches = 65_536;

/** A warning where the engine host gives out too few inotify instances or watches for a cluster of this size (known of kind: "too many open files"). */
export function describeShortInotify(
  { maxUserInstances, maxUserWatches }: { maxUserInstances: number; maxUserWatches: number },
  numWorkers: number,
): string | undefined {
  const instances = needs.host + needs.controlPlane + numWorkers * needs.worker;
  const short = [
    ...(maxUserInstances < instances
      ? [
          `${maxUserInstances} instances, where a cluster with ${numWorkers} ${numWorkers === 1 ? 'worker' : 'workers'} may take ${instances}`,
        ]
      : []),
    ...(maxUserWatches < leastWatches ? [`${maxUserWatches} watches, where ${leastWatches} are few`] : []),
  ];
  return short.length === 0 ? undefined : `${short.join('; ')}: watching files fails with "too many open files"`;
}
