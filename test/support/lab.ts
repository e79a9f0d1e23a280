import { afterAll, beforeAll, describe } from 'vitest';
import { startLab } from '../lab/lab.js';
import type { Lab, LabOptions } from '../lab/types.js';

/** Levels of tests that need the lab. */
export type LabLevel = 'integration' | 'e2e' | 'hard' | 'matrix' | 'bench';

/**
 * One lab for the tests of a `describeWithLab`, started before them and removed after them. Read `lab` only inside tests
 * and hooks.
 */
export interface LabFixture {
  readonly lab: Lab;
}

/**
 * A `describe` whose tests have a lab of the given profile. Where there can be none, its tests are skipped and the title
 * says why; a level named in DIND64_REQUIRE fails instead.
 */
export function describeWithLab(
  level: LabLevel,
  title: string,
  options: LabOptions,
  tests: (fixture: LabFixture) => void,
): void {
  const obstacle = findObstacle();
  const suite = obstacle === undefined || isRequired(level) ? describe : describe.skip;
  suite(`${title} [lab ${options.profile}]${obstacle === undefined ? '' : ` (${obstacle})`}`, () =>
    tests(useLab(options)),
  );
}

/** Starts a lab in beforeAll and stops it in afterAll. */
function useLab(options: LabOptions): LabFixture {
  let started: Lab | undefined;
  beforeAll(async () => {
    started = await startLab(options);
  });
  afterAll(async () => {
    await started?.stop();
  });
  return {
    get lab() {
      if (started === undefined) throw new Error('the lab is read before beforeAll has started it');
      return started;
    },
  };
}

/** Why no lab can run here; undefined: it can. */
export function findObstacle(): string | undefined {
  if (process.platform !== 'linux') return 'a lab needs Linux';
  if (process.getuid?.() !== 0) return 'a lab needs root';
  return undefined;
}

/** Whether DIND64_REQUIRE (a comma-separated list, set by .ci/run) makes a skip of this level a failure. */
export function isRequired(level: LabLevel): boolean {
  return (process.env['DIND64_REQUIRE'] ?? '').split(',').includes(level);
}
