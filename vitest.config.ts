import { defineConfig } from 'vitest/config';

const minuteMs = 60_000;
const seedSetup = 'test/support/seed-setup.ts';

/** Levels that use an engine: one file after the other, since they share a machine of two cores. */
function heavy(name: string, testTimeout: number, more: object = {}): object {
  return {
    extends: true as const,
    test: {
      name,
      include: [`test/${name}/**/*.test.ts`],
      fileParallelism: false,
      testTimeout,
      hookTimeout: testTimeout,
      teardownTimeout: minuteMs,
      ...more,
    },
  };
}

export default defineConfig({
  test: {
    environment: 'node',
    retry: 0,
    projects: [
      { extends: true, test: { name: 'unit', include: ['test/unit/**/*.test.ts'] } },
      heavy('integration', 10 * minuteMs, { globalSetup: seedSetup }),
      heavy('e2e', 20 * minuteMs, { globalSetup: [seedSetup, 'test/support/e2e-setup.ts'] }),
      heavy('hard', 60 * minuteMs, { globalSetup: seedSetup }),
      // The first run of a Kubernetes version compiles it.
      heavy('matrix', 120 * minuteMs),
      heavy('vm', 60 * minuteMs),
      heavy('bench', 60 * minuteMs, { globalSetup: seedSetup }),
    ],
  },
});
