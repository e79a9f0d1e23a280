import { afterAll, beforeAll, expect, it } from 'vitest';
import { findInstallTraces } from '../../src/engine/install-traces.js';
import { openBareMachine, type BareMachine, type BareState } from '../support/bare-machine.js';
import { describeWithLab } from '../support/lab.js';

const env = { DIND_ALLOW_AAAA_USE: 'true', DIND_NUM_WORKERS: '0' };
const endpoint = 'unix:///run/dind64/docker.sock';

/** No Docker, root: the commands work all the same. Seen to fail with `stopAndCleanEmbeddedEngine` that leaves rules, or /run/dind64. */
describeWithLab('e2e', 'A machine without Docker', { profile: 'dual' }, (fixture) => {
  let machine: BareMachine;
  let before: BareState;

  beforeAll(async () => {
    machine = await openBareMachine(fixture.lab);
    before = await machine.readState();
  });
  afterAll(async () => {
    await machine.remove();
  });

  const succeed = async (
    argv: readonly string[],
    more?: Record<string, string>,
  ): Promise<{ stdout: string; stderr: string }> => {
    const result = await machine.dind64(argv, more);
    expect(result, result.stderr).toMatchObject({ exitCode: 0 });
    return result;
  };

  it('has no trace of Docker: else the test would be about another engine', async () => {
    expect((await machine.run(['sh', '-c', 'ls /run/docker.sock /var/run/docker.sock; env'])).stdout).not.toMatch(
      /docker\.sock|DOCKER_/,
    );
    expect(
      await findInstallTraces({
        dockerHost: undefined,
        dockerContext: undefined,
        dockerConfig: '/nonexistent',
        dockerCertPath: undefined,
        dockerTlsVerify: false,
        proxy: {},
        caBundle: undefined,
      }),
    ).toEqual([]);
  });

  it('status says what is missing and starts nothing', async () => {
    const { exitCode, stderr } = await machine.dind64(['status']);
    expect({ exitCode, stderr }).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('`npm run up` starts it') as unknown,
    });
    expect((await machine.readState()).run).toEqual(before.run);
  });

  it('up starts the embedded engine, tells so, and makes a cluster that reaches everything', async () => {
    const { stderr } = await succeed(['up'], env);
    expect(stderr).toContain('embedded Docker engine');
    expect(stderr).toContain(endpoint);
    expect(stderr).toContain('connectivity');
  });

  it('status and kubectl use the same engine', async () => {
    const status = JSON.parse((await succeed(['status', '--json'])).stdout) as {
      exists: boolean;
      engine: { endpoint: string };
      nodes: { ready: boolean }[];
    };
    expect(status).toMatchObject({ exists: true, engine: { endpoint }, nodes: [{ ready: true }] });
    expect((await succeed(['kubectl', 'get', 'nodes', '-o', 'name'])).stdout).toBe('node/kubeadm-dind-control-plane\n');
  });

  it('clean ends the engine and leaves the machine as it was', async () => {
    await succeed(['clean']);
    expect(await machine.readState()).toEqual(before);
  });
});
