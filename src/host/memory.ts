const megabyte = 1024 * 1024;

/** What a quiet cluster of Kubernetes 1.37 was seen to take, rounded up: the control plane with the helpers, and each worker; some for the engine and the host itself. */
const needs = { controlPlane: 800 * megabyte, worker: 150 * megabyte };

/** A warning where the engine host's memory will hardly do; kubeadm's own check asks for the same 1700 MB of every node, as if each had a machine of its own. */
export function describeShortMemory(memoryBytes: number | undefined, numWorkers: number): string | undefined {
  const needed = needs.controlPlane + numWorkers * needs.worker;
  if (memoryBytes === undefined || memoryBytes === 0 || memoryBytes >= needed) return undefined;
  const remedy = numWorkers === 0 ? 'give it more' : 'give it more, or make fewer nodes with DIND_NUM_WORKERS';
  return `the engine host has ${format(memoryBytes)} of memory, and a cluster with ${numWorkers} ${numWorkers === 1 ? 'worker' : 'workers'} takes about ${format(needed)}: ${remedy}, or processes will be killed`;
}

function format(bytes: number): string {
  return `${(bytes / megabyte / 1024).toFixed(1)} GB`;
}
