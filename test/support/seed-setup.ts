import { findObstacle } from './lab.js';

const everyMs = 20_000;

/**
 * Before all files that need a lab: the seed with all images is there. On a new machine it takes a quarter of an hour and longer, which is no
 * test's time. What is being made is told now and then.
 */
export async function setup(): Promise<void> {
  if (findObstacle() !== undefined) return;
  const { ensureSeed } = await import('../lab/seed.js');
  let toldAt = performance.now();
  const onLine = (line: string): void => {
    if (performance.now() - toldAt < everyMs) return;
    toldAt = performance.now();
    process.stdout.write(`seed: ${line.slice(0, 150)}\n`);
  };
  await ensureSeed('graph', { onLine });
}
