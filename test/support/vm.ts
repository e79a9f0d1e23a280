import { writeSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe } from 'vitest';
import { startLab } from '../lab/lab.js';
import type { Lab, LabOptions } from '../lab/types.js';
import { startMachine, type Machine } from '../vm/machine.js';
import { installPrograms } from '../lab/programs.js';
import { findMachineObstacle, machinePrograms } from '../vm/programs.js';
import { findObstacle } from './lab.js';

/** An ordinary host with the lab's internet; read inside tests and hooks only. */
export interface MachineFixture {
  readonly lab: Lab;
  readonly machine: Machine;
  /** Tells people who wait what goes on, with the time since the start. */
  say(line: string): void;
}

/**
 * A `describe` whose tests share a virtual machine on a lab's uplink. Skipped with the reason where there can be none, unless
 * DIND64_REQUIRE names `vm`. When tests fail, the console and all journals of that moment are kept, and the place is told.
 */
export function describeWithMachine(
  title: string,
  options: Pick<LabOptions, 'profile' | 'ipv6Setup' | 'resolvers'>,
  tests: (fixture: MachineFixture) => void,
): void {
  const obstacle = findObstacle() ?? findMachineObstacle();
  const required = (process.env['DIND64_REQUIRE'] ?? '').split(',').includes('vm');
  const suite = obstacle === undefined || required ? describe : describe.skip;
  suite(`${title} [virtual machine, lab ${options.profile}]${obstacle === undefined ? '' : ` (${obstacle})`}`, () => {
    const began = Date.now();
    let made: { lab: Lab; machine: Machine } | undefined;
    let failures = 0;
    const get = (): { lab: Lab; machine: Machine } => {
      if (made === undefined) throw new Error('the machine is read before beforeAll has started it');
      return made;
    };
    // Past vitest, which holds output back until a test ends.
    const say = (line: string): void => {
      writeSync(2, `[vm ${Math.round((Date.now() - began) / 1000)} s] ${line}\n`);
    };

    beforeAll(async () => {
      await installPrograms(machinePrograms, say);
      const lab = await startLab({ ...options, engineHost: 'tap', onLine: say });
      try {
        made = { lab, machine: await startMachine(lab, say) };
      } catch (error) {
        await lab.stop();
        throw error;
      }
    });
    afterEach(async ({ task }) => {
      say(`${task.result?.state ?? ''} ${task.name}`);
      if (task.result?.state !== 'fail' || made === undefined) return;
      failures += 1;
      await made.machine.saveEvidence(`machine-${failures}.log`);
      throw new Error(`console and journals of the machine: ${made.machine.folder}`);
    });
    afterAll(async () => {
      await made?.machine.stop();
      await made?.lab.stop();
    });
    tests({
      get lab() {
        return get().lab;
      },
      get machine() {
        return get().machine;
      },
      say,
    });
  });
}
