import { findObstacle } from './lab.js';

/** Before and after all e2e files: no shared lab of an earlier run is there, and none stays. */
export async function setup(): Promise<() => Promise<void>> {
  if (findObstacle() !== undefined) return () => Promise.resolve();
  const { removeSharedLabs } = await import('./cluster.js');
  await removeSharedLabs();
  return removeSharedLabs;
}
