import { expect, it } from 'vitest';
import type { DindError } from '../../../../src/errors.js';
import type { BuildRequest, Engine } from '../../../../src/engine/types.js';
import { localNames } from '../../../../src/images/recipe.js';
import { waitUntil } from '../../../../src/wait.js';
import { busyboxTag, testLabels } from '../support/busybox-image.js';
import { failure, freshName } from '../support/scratch.js';

export function buildSuite(engine: () => Engine): void {
  const request = (dockerfile: string[], rest: Partial<BuildRequest> = {}): BuildRequest => ({
    tag: `${freshName('build')}:1`,
    files: [{ path: 'Dockerfile', content: [`FROM ${busyboxTag}`, ...dockerfile].join('\n') }],
    buildArgs: {},
    labels: testLabels,
    ...rest,
  });

  it('builds from files in memory, with arguments, labels, modes and links, and tells the steps', async () => {
    const lines: string[] = [];
    const wanted = request(
      ['ARG WORD', 'COPY files/ /', 'RUN echo "built $WORD" && /run-me', 'ENV A=1', 'ENTRYPOINT ["/run-me"]'],
      {
        buildArgs: { WORD: 'with love' },
        onLine: (line) => lines.push(line),
      },
    );
    wanted.files.push(
      { path: 'files/run-me', content: '#!/bin/sh\necho ran\n', mode: 0o755 },
      { path: 'files/link', content: '', link: 'run-me' },
    );
    const image = await engine().buildImage(wanted);
    expect(image).toMatchObject({
      tags: [wanted.tag],
      labels: testLabels,
      entrypoint: ['/run-me'],
      env: expect.arrayContaining(['A=1']),
    });
    expect(lines).toEqual(
      expect.arrayContaining([expect.stringMatching(/^Step 1\/\d+ : FROM/), 'built with love', 'ran']),
    );
    const { stdout } = await engine().run({
      image: wanted.tag,
      entrypoint: ['/link'],
      labels: testLabels,
      network: 'none',
    });
    expect(stdout).toBe('ran\n');
    await engine().removeImage(wanted.tag);
  });

  it('builds nothing anew for equal contents', async () => {
    const wanted = request(['COPY Dockerfile /copy', 'RUN true']);
    const first = await engine().buildImage(wanted);
    const lines: string[] = [];
    const second = await engine().buildImage({ ...wanted, onLine: (line) => lines.push(line) });
    expect(second.id).toBe(first.id);
    expect(lines.filter((line) => line.includes('Using cache')).length).toBeGreaterThanOrEqual(2);
    await engine().removeImage(wanted.tag);
  });

  it('stops at a target', async () => {
    const wanted = request([], { target: 'first' });
    wanted.files[0] = {
      path: 'Dockerfile',
      content: `FROM ${busyboxTag} AS first\nENV HERE=1\nFROM first AS second\nRUN false\n`,
    };
    expect((await engine().buildImage(wanted)).env).toContain('HERE=1');
    await engine().removeImage(wanted.tag);
  });

  // Should fail (not tried) with the names of before, without `localhost/`: a registry of the world is asked.
  it('asks no registry for an image of dind64 that is not there', async () => {
    const wanted = request([]);
    wanted.files[0] = { path: 'Dockerfile', content: `FROM ${localNames}absent:1\n` };
    const { observed } = await failure<DindError>(engine().buildImage(wanted));
    expect(observed).toMatch(/localhost/);
    expect(observed).toMatch(/(127\.0\.0\.1|\[::1\]|localhost):(80|443).*refused/);
  });

  it('fails with the last lines of output', async () => {
    const error = await failure<DindError>(
      engine().buildImage(request(['RUN for i in $(seq 30); do echo line $i; done; echo it broke >&2; exit 7'])),
    );
    expect(error.code).toBe('build-failed');
    expect(error.observed).toMatch(/returned a non-zero code: 7/);
    expect(error.observed).toContain('it broke');
    expect(error.observed).toContain('line 30');
    expect(error.observed).not.toContain('line 2\n');
  });

  it('ends in the engine when it is aborted', async () => {
    const controller = new AbortController();
    const pending = engine().buildImage(
      request(['RUN echo begun; sleep 4242'], {
        signal: controller.signal,
        onLine: (line) => {
          if (line === 'begun') controller.abort();
        },
      }),
    );
    expect(await failure(pending)).toMatchObject({ code: 'interrupted', exitCode: 130 });
    await waitUntil({ condition: 'the step has ended', limitMs: 15_000 }, async () => {
      const running = await engine().run({
        image: busyboxTag,
        command: ['ps'],
        labels: testLabels,
        network: 'none',
        pidNamespace: 'host',
      });
      return running.stdout.includes('sleep 4242') ? { seen: running.stdout } : { done: undefined };
    });
  });
}
