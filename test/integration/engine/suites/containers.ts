import { expect, it } from 'vitest';
import type { DindError } from '../../../../src/errors.js';
import type { Engine } from '../../../../src/engine/types.js';
import { waitUntil } from '../../../../src/wait.js';
import { busyboxTag, sleeper, testLabels } from '../support/busybox-image.js';
import { failure, freshName, withContainer, withNetwork } from '../support/scratch.js';

export function containerSuite(engine: () => Engine): void {
  const sh = (container: string, script: string) => engine().exec(container, ['sh', '-c', script]);

  it('tells honestly of a container in each state, every change twice', async () => {
    const name = freshName('life');
    const { id } = await engine().createContainer({
      ...sleeper,
      name,
      labels: { ...testLabels, 'test.life': name },
      stopSignal: 'SIGKILL',
    });
    const look = async () => await engine().findContainer(name);
    expect(await look()).toMatchObject({
      id,
      name,
      image: busyboxTag,
      status: 'created',
      startedAt: '',
      pid: 0,
      exitCode: 0,
      labels: { 'test.life': name },
    });
    expect((await look())?.imageId).toBe((await engine().findImage(busyboxTag))?.id);
    await engine().startContainer(name);
    await engine().startContainer(name);
    const running = await look();
    expect(running?.status).toBe('running');
    expect(running?.pid).toBeGreaterThan(0);
    expect(Date.now() - Date.parse(running?.startedAt ?? '')).toBeLessThan(60_000);
    await engine().pauseContainer(name);
    await engine().pauseContainer(name);
    expect((await look())?.status).toBe('paused');
    await engine().unpauseContainer(name);
    await engine().unpauseContainer(name);
    await engine().restartContainer(name);
    expect((await look())?.startedAt).not.toBe(running?.startedAt);
    await engine().stopContainer(name, 1);
    await engine().stopContainer(name, 1);
    expect(await look()).toMatchObject({
      status: 'exited',
      exitCode: 137,
      pid: 0,
      startedAt: expect.stringMatching(/^20/),
    });
    expect((await engine().listContainers({ 'test.life': name })).map((container) => container.id)).toEqual([id]);
    expect(await engine().listContainers({ 'test.life': 'other' })).toEqual([]);
    expect(await engine().findContainer(id.slice(0, 12))).toBeUndefined();
    await Promise.all([engine().removeContainer(name), engine().removeContainer(name)]);
    expect(await look()).toBeUndefined();
    await engine().removeContainer(name);
  });

  it('gives no privileges unless asked', async () => {
    await using plain = await withContainer(engine(), { ...sleeper, readOnlyRoot: true, tmpfs: { '/tmp': 'size=1m' } });
    const { stdout } = await sh(
      plain.name,
      'grep -E "CapEff|CapBnd|NoNewPrivs|Seccomp:" /proc/self/status; cat /proc/1/cmdline; touch /file 2>&1; touch /tmp/file && echo tmp written; sysctl -w net.ipv6.conf.all.forwarding=1 2>&1',
    );
    expect(stdout).toMatch(/CapEff:\t0+\n/);
    expect(stdout).toMatch(/CapBnd:\t0+\n/);
    expect(stdout).toMatch(/NoNewPrivs:\t1/);
    expect(stdout).toMatch(/Seccomp:\t2/);
    expect(stdout).toContain('sleep\u00001000000');
    expect(stdout).toContain('/file: Read-only file system');
    expect(stdout).toContain('tmp written');
    expect(stdout).not.toContain('forwarding = 1');
  });

  it('gives the capabilities, paths, user and environment that are asked for', async () => {
    await using asked = await withContainer(engine(), {
      ...sleeper,
      capabilities: ['NET_ADMIN'],
      unconfinedPaths: true,
      env: { A: 'b c' },
      user: '0:7',
      hostname: 'the-host',
      sysctls: { 'net.ipv6.conf.all.forwarding': '0' },
    });
    const { stdout } = await sh(
      asked.name,
      'grep -E "CapEff" /proc/self/status; echo "A=$A"; id -g; hostname; sysctl -w net.ipv6.conf.all.forwarding=1; mount | grep "/proc/sys " || echo no mask',
    );
    expect(stdout).toMatch(/CapEff:\t0000000000001000\n/);
    expect(stdout.split('\n').slice(1)).toEqual([
      'A=b c',
      '7',
      'the-host',
      'net.ipv6.conf.all.forwarding = 1',
      'no mask',
      '',
    ]);
  });

  it('runs privileged nodes with a private cgroup namespace and shared host namespaces when asked', async () => {
    await using node = await withContainer(engine(), { ...sleeper, privileged: true, privateCgroups: true });
    expect((await sh(node.name, 'grep CapEff /proc/self/status')).stdout).not.toMatch(/0000000000000000/);
    await using host = await withContainer(engine(), { ...sleeper, network: 'host', pidNamespace: 'host' });
    expect((await sh(host.name, 'ps | grep -c dockerd')).stdout.trim()).not.toBe('0');
    expect((await sh(host.name, 'ip link show docker0')).exitCode).toBe(0);
  });

  it('publishes a port on loopback, and says so when it is taken', async () => {
    await using network = await withNetwork(engine(), { ipv4: true });
    const ports = [
      { hostIp: '127.0.0.1' as const, hostPort: 18_443, containerPort: 8443 },
      { hostIp: '::1' as const, hostPort: 18_443, containerPort: 8443 },
    ];
    const spec = { ...sleeper, network: [{ network: network.name }], ports };
    await using first = await withContainer(engine(), spec);
    expect((await engine().findContainer(first.name))?.status).toBe('running');
    await using second = await withContainer(engine(), spec, false);
    const error = await failure<DindError>(engine().startContainer(second.name));
    expect(error).toMatchObject({ code: 'port-taken', hint: expect.stringContaining('DIND_API_PORT') });
    expect(error.message).toContain(`starting container ${second.name}`);
  });

  it('says what is wrong with a name that is taken, an image and a network that are not there', async () => {
    await using first = await withContainer(engine(), sleeper, false);
    expect(await failure(engine().createContainer({ ...sleeper, name: first.name }))).toMatchObject({
      code: 'name-taken',
      where: engine().endpoint,
    });
    const noImage = await failure<DindError>(engine().createContainer({ ...sleeper, image: 'dind64-test/absent:1' }));
    expect(noImage).toMatchObject({ code: 'engine-object-absent' });
    expect(noImage.observed).toContain('dind64-test/absent:1');
    const stray = await engine()
      .createContainer({ ...sleeper, name: freshName('stray'), network: [{ network: 'd64t-absent' }] })
      .catch((error: DindError) => error);
    const missing = stray instanceof Error ? stray : await failure<DindError>(engine().startContainer(stray.name));
    expect(missing.message).toContain('d64t-absent');
    if (!(stray instanceof Error)) await engine().removeContainer(stray.name);
  });

  it('reads the last lines of the logs in order', async () => {
    await using container = await withContainer(engine(), {
      ...sleeper,
      command: [
        'sh',
        '-c',
        'for i in 1 2 3; do echo out$i; sleep 0.1; echo err$i >&2; sleep 0.1; done; echo begun; exec sleep 1000000',
      ],
    });
    await waitUntil({ condition: 'the container has written', limitMs: 10_000 }, async () => {
      const logs = await engine().logs(container.name, 100);
      return logs.includes('begun') ? { done: undefined } : { seen: logs };
    });
    expect(await engine().logs(container.name, 4)).toBe('err2\nout3\nerr3\nbegun\n');
    expect(await failure(engine().logs(freshName('absent'), 1))).toMatchObject({ code: 'engine-object-absent' });
  });
}
