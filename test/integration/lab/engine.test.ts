import { stat } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { startLab } from '../../lab/lab.js';
import { testImage } from '../../lab/sites.js';
import { describeWithLab } from '../../support/lab.js';

describeWithLab('integration', 'the engine of a lab', { profile: 'dual', engine: { seed: false } }, (fixture) => {
  const ask = async (path: string, method = 'GET'): Promise<string> => {
    const { lab } = fixture;
    const socket = (lab.engineEndpoint ?? '').replace('unix://', '');
    const { exitCode, stdout, stderr } = await lab.host([
      'curl',
      '-sS',
      '-m',
      '60',
      '-X',
      method,
      '--unix-socket',
      socket,
      `http://engine${path}`,
    ]);
    expect(`${exitCode} ${stderr}`).toBe('0 ');
    return stdout;
  };

  it('is 28 or newer, and DOCKER_HOST of the commands on its host', async () => {
    const { lab } = fixture;
    expect(JSON.parse(await ask('/version'))).toMatchObject({
      Version: expect.stringMatching(/^(2[89]|[3-9]\d)\./) as string,
    });
    expect((await lab.host(['sh', '-c', 'echo $DOCKER_HOST'])).stdout.trim()).toBe(lab.engineEndpoint);
  });

  it("pulls from the IPv4-only registry by name, trusting the lab's CA", async () => {
    const progress = await ask(
      `/images/create?fromImage=${testImage.registry}/${testImage.repository}&tag=${testImage.tag}`,
      'POST',
    );
    expect(progress).not.toContain('"error"');
    expect(await ask(`/images/${encodeURIComponent(testImage.reference)}/json`)).toContain('"test.dind64.lab":"hello"');
  });

  it("runs in the engine host's network alone", async () => {
    const { lab } = fixture;
    expect((await lab.exec('host', ['ip', '-o', 'link'])).stdout).toContain('docker0');
    expect((await lab.exec('internet', ['ip', '-o', 'link'])).stdout).not.toContain('docker0');
  });

  it('is gone with its lab', async () => {
    const lab = await startLab({ profile: 'v4only', engine: { seed: false } });
    const socket = (lab.engineEndpoint ?? '').replace('unix://', '');
    expect((await stat(socket)).isSocket()).toBe(true);
    await lab.stop();
    await expect(stat(socket)).rejects.toThrow('ENOENT');
  });
});
