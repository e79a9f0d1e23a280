import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { beforeAll, expect, it } from 'vitest';
import { watchArgv, type ArgvWatch } from '../support/argv-watch.js';
import { describeWithCluster } from '../support/cluster.js';

const proxyPassword = 'S3cret-of-the-proxy';
const registryPassword = 'S3cret-of-the-registry';
const proxy = `http://alice:${proxyPassword}@127.0.0.1:9`;
const env = {
  DIND_ALLOW_AAAA_USE: 'true',
  DIND_NUM_WORKERS: '1',
  DIND_OUTPUT: 'json',
  DIND_LOG_LEVEL: 'trace',
  HTTP_PROXY: proxy,
  https_proxy: proxy,
  NO_PROXY: '::1,127.0.0.1,.test',
};

/**
 * Passwords, tokens and keys are where they are needed and nowhere else. Seen to fail (all of it but `status` and `images`) with a `plan` that shows its
 * proxies whole, a bootstrap token as an argument, proxies in the nodes' environment instead of a file, and a log that keeps credentials in URLs.
 */
describeWithCluster('Secrets stay secret', { profile: 'dual', up: false }, (cluster) => {
  let watch: ArgvWatch;
  let output: { stdout: string; stderr: string };
  let secrets: Map<string, string>;
  let events: string;
  const home = (): string => join(cluster.lab.directory, 'home');
  const docker = async (...argv: string[]): Promise<string> =>
    (await execa('docker', argv, { env: { DOCKER_HOST: cluster.lab.engineEndpoint ?? '' }, all: true })).all;

  beforeAll(async () => {
    await mkdir(join(home(), '.docker'), { recursive: true });
    const auth = Buffer.from(`alice:${registryPassword}`).toString('base64');
    await writeFile(join(home(), '.docker', 'config.json'), JSON.stringify({ auths: { 'registry.test': { auth } } }));
    const since = String(Math.floor(Date.now() / 1000) - 1);
    watch = watchArgv();
    output = await cluster.succeed(['up'], env);
    // Pulled with the credentials, and then no node image: a failure on its way.
    const failed = await cluster.dind64(['up'], {
      ...env,
      DIND_CLUSTER_NAME: 'other',
      DIND_NODE_IMAGE: 'registry.test/lab/hello:1',
      DIND_IMAGE_SOURCE: 'auto',
    });
    expect(failed.exitCode, failed.stderr).toBe(1);
    output = { stdout: output.stdout + failed.stdout, stderr: output.stderr + failed.stderr };
    events = await docker(
      'events',
      '--since',
      since,
      '--until',
      String(Math.ceil(Date.now() / 1000)),
      '--format',
      'json',
    );
    secrets = await collectSecrets(auth);
  });

  /** Where it comes from -> text. Of keys a line of their body, which is the same in PEM and in every file that holds it. */
  async function collectSecrets(auth: string): Promise<Map<string, string>> {
    const found = new Map([
      ['proxy', proxyPassword],
      ['registry', registryPassword],
      ['registry (base64)', auth],
    ]);
    const tokens = JSON.parse(
      await cluster.kubectl([
        'get',
        'secrets',
        '-n',
        'kube-system',
        '--field-selector=type=bootstrap.kubernetes.io/token',
        '-o',
        'json',
      ]),
    ) as { items: { data: Record<string, string> }[] };
    for (const { data } of tokens.items)
      found.set(
        `token ${Buffer.from(data['token-id'] ?? '', 'base64').toString()}`,
        Buffer.from(data['token-secret'] ?? '', 'base64').toString(),
      );
    const { stdout } = await cluster.node(
      'for f in $(find /etc/kubernetes/pki -name "*.key") /var/lib/kubelet/pki/kubelet-client-current.pem; do echo "$f $(sed -n "/PRIVATE KEY/{n;p;q}" $f)"; done; sed -n "s/.*client-key-data: /admin.conf /p" /etc/kubernetes/admin.conf',
      cluster.nodes.controlPlane,
    );
    for (const line of stdout.trim().split('\n')) {
      const [file = '', text = ''] = line.split(' ');
      found.set(file, text.slice(0, 60));
    }
    return found;
  }

  const expectNoSecretIn = (place: string, text: string): void => {
    const leaked = [...secrets]
      .filter(
        ([, secret]) => text.includes(secret) || text.includes(Buffer.from(secret).toString('base64').slice(0, -4)),
      )
      .map(([name]) => name);
    expect(
      leaked,
      `${place} has ${leaked.join(', ')}: ${leaked.map((name) => around(text, secrets.get(name) ?? '')).join('\n')}`,
    ).toEqual([]);
  };

  it('there is something to find: passwords, a token, the keys of the cluster', async () => {
    expect([...secrets.keys()]).toEqual(
      expect.arrayContaining([
        'proxy',
        'registry',
        '/etc/kubernetes/pki/ca.key',
        '/etc/kubernetes/pki/sa.key',
        '/etc/kubernetes/pki/apiserver.key',
        'admin.conf',
      ]),
    );
    expect([...secrets.keys()].some((name) => name.startsWith('token '))).toBe(true);
    for (const [name, secret] of secrets) expect(secret.length, name).toBeGreaterThan(12);
    expect((await cluster.node('cat /dind64/proxy.env')).stdout).toContain(proxyPassword);
    expect((await stat(join(home(), '.kube', 'config'))).mode & 0o077).toBe(0);
    expect(await readFile(join(home(), '.kube', 'config'), 'utf8')).toContain(secrets.get('admin.conf'));
  });

  it('what `up` says: events and errors', () => {
    expect(output.stderr).toContain('"type":"finished"');
    expect(output.stderr).toContain('"type":"error"');
    expectNoSecretIn('the output', output.stdout + output.stderr);
  });

  it('the argv of whatever ran meanwhile, in nodes, containers and on the host, and of each exec through the engine', async () => {
    const lines = await watch.stop();
    expect(lines.some((line) => line.startsWith('kubeadm init'))).toBe(true);
    expect(lines.some((line) => line.startsWith('kubeadm join'))).toBe(true);
    expect(events).toContain('exec_create: kubeadm init');
    expectNoSecretIn('an argv', lines.join('\n'));
    expectNoSecretIn('an event of the engine', events);
  });

  it('logs: dind64’s at trace level, the containers’, the engine’s, and those of the nodes’ units', async () => {
    const folder = join(home(), '.local', 'state', 'dind64', 'logs');
    const files = (await readdir(folder, { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    expect(files.length).toBeGreaterThan(1);
    for (const file of files) expectNoSecretIn(file, await readFile(file, 'utf8'));
    for (const { name } of await cluster.engine.listContainers({ 'dev.dind64.cluster': undefined }))
      expectNoSecretIn(`docker logs ${name}`, await docker('logs', name));
    for (const file of await readdir(join(cluster.lab.directory, 'log')))
      expectNoSecretIn(file, await readFile(join(cluster.lab.directory, 'log', file), 'utf8'));
    for (const node of [cluster.nodes.controlPlane, cluster.nodes.first])
      expectNoSecretIn(
        `the journal of ${node}`,
        (await cluster.node('journalctl --no-pager; cat /var/log/pods/*/*/*.log', node)).stdout,
      );
  });

  it('what the engine tells of its objects: labels, environment, mounts, history', async () => {
    for (const [kind, list] of [
      ['container', ['ps', '-aq']],
      ['image', ['images', '-aq']],
      ['volume', ['volume', 'ls', '-q']],
      ['network', ['network', 'ls', '-q']],
    ] as const) {
      const ids = [...new Set((await docker(...list)).split('\n').filter((id) => id !== ''))];
      expect(ids.length, kind).toBeGreaterThan(0);
      expectNoSecretIn(`docker ${kind} inspect`, await docker(kind, 'inspect', ...ids));
      if (kind === 'image')
        for (const id of ids) expectNoSecretIn(`docker history ${id}`, await docker('history', '--no-trunc', id));
    }
  });

  it.each([['plan'], ['plan', '--json'], ['status', '--json'], ['images']])('dind64 %s %s', async (...argv) => {
    const { stdout, stderr } = await cluster.succeed(argv, env);
    expectNoSecretIn(argv.join(' '), stdout + stderr);
  });
});

function around(text: string, secret: string): string {
  const at = text.indexOf(secret);
  return at === -1 ? '(base64)' : text.slice(Math.max(0, at - 200), at + secret.length + 20);
}
