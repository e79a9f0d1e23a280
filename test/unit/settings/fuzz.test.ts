import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { main } from '../../../src/main.js';
import { chooseCidrs } from '../../../src/plan/addressing.js';
import { definitions } from '../../../src/settings/definitions.js';
import { readEnvironment } from '../../../src/settings/environment.js';
import type { Settings } from '../../../src/settings/types.js';
import { settingsOfCluster } from '../../../src/cluster/adopt.js';
import { samplePlan, sampleInputs } from '../../support/sample-plan.js';
import { renderAll } from './render-all.js';
import { anyText, samples } from '../../support/setting-samples.js';

const fields = Object.keys(samples) as (keyof Settings)[];
type Kind = 'good' | 'bad' | 'any';
interface Sample {
  name: string;
  value: string;
  kind: Kind;
}

const sample = (field: keyof Settings, kind: Kind): fc.Arbitrary<Sample> =>
  (kind === 'any' ? anyText : samples[field][kind]).map((value) => ({ name: definitions[field].name, value, kind }));
const unknown = fc
  .constantFrom('DIND_', 'DIND_NUM_WORKER', 'DIND_LABEL', 'DIND_X', 'DIND_IMAGE')
  .map((name): Sample => ({ name, value: 'x', kind: 'bad' }));
const settingsOf = (kinds: readonly Kind[]): fc.Arbitrary<Sample[]> =>
  fc.uniqueArray(
    fc.oneof(
      {
        weight: 30,
        arbitrary: fc
          .tuple(fc.constantFrom(...fields), fc.constantFrom(...kinds))
          .chain(([field, kind]) => sample(field, kind)),
      },
      ...(kinds.includes('bad') ? [{ weight: 1, arbitrary: unknown }] : []),
    ),
    { maxLength: 8, selector: ({ name }) => name },
  );
const environment = fc.oneof(
  settingsOf(['good']),
  settingsOf(['good', 'good', 'good', 'bad']),
  settingsOf(['good', 'good', 'good', 'any']),
);

let home: string;
let server: Server;
let connections = 0;
let dockerHost: string;
beforeAll(async () => {
  home = mkdtempSync(path.join(tmpdir(), 'dind64-fuzz-'));
  dockerHost = `unix://${home}/docker.sock`;
  server = createServer((socket) => {
    connections += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => {
    server.listen(`${home}/docker.sock`, resolve);
  });
});
afterAll(async () => {
  await new Promise((resolve) => {
    server.close(resolve);
  });
  rmSync(home, { recursive: true });
});

/**
 * Where an engine would listen there is a socket that counts who knocks. All 10,000 are read as every command reads them; one in ten of those that are
 * refused and, since a connection takes 10 ms, one in a hundred of the others goes the whole way of `up`. Seen to fail with a schema that lets a
 * TypeError out (exit 70), one that takes `a b` as a cluster's name, a path with a NUL byte (it was taken), and a connection before the settings are read.
 */
test('10,000 environments: settings that are wrong end with 2 and never get to the engine, those that are right do, and no bug shows', async () => {
  let refused = 0;
  let taken = 0;
  await fc.assert(
    fc.asyncProperty(environment, async (given) => {
      const env: Record<string, string> = {
        HOME: home,
        DOCKER_HOST: dockerHost,
        ...Object.fromEntries(given.map(({ name, value }) => [name, value])),
      };
      const settings = read(env);
      if (given.some(({ kind, value }) => kind === 'bad' && value.trim() !== '')) expect(settings).toBeUndefined();
      if (settings === undefined) {
        if (refused++ % 10 === 0) expect(await up(env)).toEqual({ exitCode: 2, knocked: false });
        return;
      }
      if (taken++ % 10 === 0) checkPlan(settings);
      // An embedded engine would be started.
      if (taken % 100 === 0 && settings.engine !== 'embedded')
        expect(await up(env)).toEqual({ exitCode: 1, knocked: true });
    }),
    { numRuns: 10_000 },
  );
  expect(Math.min(refused, taken)).toBeGreaterThan(2000);
}, 60_000);

/** `undefined`: refused, with exit code 2. Anything else that is thrown is a bug. */
function read(env: Record<string, string>): Settings | undefined {
  try {
    return readEnvironment(env, home).settings;
  } catch (error) {
    expect(error).toMatchObject({ code: 'bad-settings', exitCode: 2 });
    return undefined;
  }
}

/** `up`, as far as the first thing it asks of an engine. */
async function up(env: Record<string, string>): Promise<{ exitCode: number; knocked: boolean }> {
  const before = connections;
  const exitCode = await main(['up'], env, { stdin: new PassThrough(), stdout: nowhere(), stderr: nowhere() });
  return { exitCode, knocked: connections > before };
}

/** Settings that were taken make a plan whose every text can be rendered. */
function checkPlan(settings: Settings): void {
  const plan = samplePlan({
    settings: settingsOfCluster({ settings }),
    addressing: { ...sampleInputs.addressing, ...chooseCidrs(settings, []), nat64Prefix: settings.nat64Prefix },
  });
  const wrong = renderAll(plan).find((text) => /undefined|\[object|NaN/.test(text));
  expect(wrong).toBeUndefined();
}

function nowhere(): Writable {
  return new Writable({
    write: (_, __, done) => {
      done();
    },
  });
}
