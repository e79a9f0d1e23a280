import { expect, it } from 'vitest';
import type { Engine } from '../../../../src/engine/types.js';
import { sleeper, testLabels } from '../support/busybox-image.js';
import { failure, freshName, withVolume } from '../support/scratch.js';

export function runSuite(engine: () => Engine): void {
  const left = async (name: string) =>
    (await engine().listContainers({ 'test.run': name })).map((container) => container.status);
  const spec = (name: string, ...command: string[]) => ({
    ...sleeper,
    labels: { ...testLabels, 'test.run': name },
    command,
  });

  it('collects output and exit code, of the shortest program too, and removes the container', async () => {
    const name = freshName('run');
    for (let round = 0; round < 5; round += 1) {
      expect(await engine().run(spec(name, 'sh', '-c', 'echo out; echo err >&2; exit 3'))).toEqual({
        exitCode: 3,
        stdout: 'out\n',
        stderr: 'err\n',
      });
    }
    expect(await left(name)).toEqual([]);
  });

  it('sends stdin and puts files before the start', async () => {
    const name = freshName('run');
    const lines: string[] = [];
    const result = await engine().run(spec(name, 'sh', '-c', 'cat; cat /new/file; ls -l /new/tool'), {
      stdin: 'input\n',
      files: [
        { path: '/new/file', content: 'file\n' },
        { path: '/new/tool', content: '', mode: 0o755 },
      ],
      onLine: (line) => lines.push(line),
    });
    expect(result.stdout).toMatch(/^input\nfile\n-rwxr-xr-x/);
    expect(lines.slice(0, 2)).toEqual(['input', 'file']);
  });

  it('puts files below a volume of a container with a read-only root', async () => {
    await using volume = await withVolume(engine());
    const mounts = [{ type: 'volume' as const, source: volume.name, target: '/conf' }];
    const result = await engine().run(
      { ...spec(freshName('run'), 'cat', '/conf/sub/file'), readOnlyRoot: true, mounts },
      { files: [{ path: '/conf/sub/file', content: 'here\n' }] },
    );
    expect(result).toMatchObject({ exitCode: 0, stdout: 'here\n' });
  });

  it('removes the container after an abort, and after a program that cannot be started', async () => {
    const name = freshName('run');
    const controller = new AbortController();
    const start = Date.now();
    expect(
      await failure(
        engine().run(spec(name, 'sh', '-c', 'trap "" TERM; echo begun; while true; do sleep 1; done'), {
          signal: controller.signal,
          onLine: () => controller.abort(),
        }),
      ),
    ).toMatchObject({ code: 'interrupted' });
    expect(Date.now() - start).toBeLessThan(5000);
    expect(await failure(engine().run(spec(name, '/no/such/program')))).toMatchObject({
      name: 'DindError',
      observed: expect.stringContaining('/no/such/program'),
    });
    expect(await failure(engine().run(spec(name, 'true'), { signal: AbortSignal.abort() }))).toMatchObject({
      code: 'interrupted',
    });
    expect(await left(name)).toEqual([]);
  });

  it('runs many side by side', async () => {
    const name = freshName('run');
    const results = await Promise.all(
      Array.from({ length: 6 }, (_, index) => engine().run(spec(name, 'sh', '-c', `echo ${index}`))),
    );
    expect(results.map(({ stdout }) => stdout.trim())).toEqual(['0', '1', '2', '3', '4', '5']);
    expect(await left(name)).toEqual([]);
  });

  it('holds a container that nobody else can have until it is released', async () => {
    const name = freshName('run');
    const wanted = { ...spec(name, 'cat'), name };
    const hold = await engine().hold(wanted);
    expect(await left(name)).toEqual(['running']);
    expect(await failure(engine().hold(wanted))).toMatchObject({ code: 'name-taken' });
    await hold.release();
    expect(await left(name)).toEqual([]);
    await (await engine().hold(wanted)).release();
  });
}
