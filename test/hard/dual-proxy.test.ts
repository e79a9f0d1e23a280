import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ensureBuilt } from '../../src/images/build-recipe.js';
import { describeWithCluster } from '../support/cluster.js';
import { startProxy, type TestProxy } from '../support/proxy.js';

const settings = { DIND_ALLOW_AAAA_USE: 'true', DIND_NUM_WORKERS: '0' };
const noProxy = '[2001:db8:100::12],2001:db8:200::/48,.internal';

/**
 * A company's network: the registry is reached by the proxy alone, which has IPv4 only and looks into TLS with a CA of its own. Seen to fail without
 * the nodes' proxy.env, and without the CA bundle on the nodes (the pull).
 */
describeWithCluster('Behind a TLS-inspecting HTTP proxy', { profile: 'dual', env: settings, up: false }, (cluster) => {
  let proxy: TestProxy;
  let env: Record<string, string>;

  beforeAll(async () => {
    proxy = await startProxy(cluster.lab);
    env = {
      ...settings,
      HTTP_PROXY: proxy.url,
      HTTPS_PROXY: proxy.url,
      NO_PROXY: noProxy,
      SSL_CERT_FILE: proxy.caFile,
    };
    const { exitCode, stderr } = await cluster.lab.exec('internet', ['nft', '-f', '-'], {
      stdin:
        'table ip by_proxy_only {\n chain prerouting {\n type filter hook prerouting priority filter; iifname != "lo" ip daddr 198.51.100.20 drop\n }\n}\n',
    });
    expect(exitCode, stderr).toBe(0);
    await cluster.succeed(['up'], env);
  });
  afterAll(async () => {
    await proxy[Symbol.asyncDispose]();
  });

  it('the registry is out of reach but by the proxy, and its certificate is the company’s', async () => {
    const curl = (...argv: string[]) =>
      cluster.lab.host(['curl', '-sS', '--max-time', '3', ...argv, 'https://registry.test/v2/']);
    expect((await curl('--cacert', cluster.lab.ca.path)).exitCode).toBe(28);
    expect(await curl('--proxy', proxy.url, '--cacert', proxy.caFile)).toMatchObject({ exitCode: 0, stdout: '{}' });
    expect((await curl('--proxy', proxy.url, '--cacert', cluster.lab.ca.path)).exitCode).toBe(60);
  });

  it('a node pulls by the proxy', async () => {
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'hello' },
      spec: {
        restartPolicy: 'Never',
        terminationGracePeriodSeconds: 0,
        containers: [{ name: 'hello', image: 'registry.test/lab/hello:1', command: ['echo', 'hello'] }],
      },
    };
    await cluster.kubectl(['apply', '-f', '-'], JSON.stringify(pod));
    await cluster.kubectl(['wait', '--for=jsonpath={.status.phase}=Succeeded', 'pod/hello', '--timeout=60s']);
    expect(await proxy.log()).toMatch(/GET https:\/\/registry\.test\/v2\/lab\/hello\//);
  });

  it('what is the cluster’s own does not go there, nor what the user says', async () => {
    const [line = ''] = (await cluster.node('grep ^NO_PROXY= /dind64/proxy.env')).stdout.split('\n');
    expect(line).toBe(
      `NO_PROXY=${noProxy},fd00:20::/64,fd00:40::/72,fd00:30::/110,.svc,.cluster.local,localhost,127.0.0.1,::1`,
    );
    expect(await proxy.log()).not.toMatch(/fd00:|127\.0\.0\.1|\[::1\]/);
  });

  it('a build fetches by the proxy and trusts its CA', async () => {
    const base = await cluster.baseImage();
    const dockerfile = `FROM ${base}\nCOPY ca-bundle.crt /tmp/\nRUN curl -fsS --max-time 10 --cacert /tmp/ca-bundle.crt https://registry.test/v2/ > /fetched\n`;
    const context = {
      engine: cluster.engine,
      engineEnv: { proxy: { HTTPS_PROXY: proxy.url, https_proxy: proxy.url }, caBundle: proxy.caFile },
      signal: new AbortController().signal,
    } as unknown as Parameters<typeof ensureBuilt>[0];
    const recipe = {
      reference: 'dind64-test/by-proxy:1',
      files: [{ path: 'Dockerfile', content: dockerfile }],
      buildArgs: {},
      labels: {},
      wantsCaBundle: true,
    } as unknown as Parameters<typeof ensureBuilt>[1];
    expect(await ensureBuilt(context, recipe, () => undefined)).toBe('done');
    expect((await proxy.log()).split('https://registry.test/v2/ ').length).toBeGreaterThan(1);
  });

  it('a CA bundle that cannot be read is the user’s to mend', async () => {
    const { exitCode, stderr } = await cluster.dind64(['up'], { ...env, SSL_CERT_FILE: '/nonexistent/ca.crt' });
    expect(exitCode).toBe(2);
    expect(stderr).toContain('reading the CA bundle (/nonexistent/ca.crt)');
    expect(await readFile(proxy.caFile, 'utf8')).toContain('BEGIN CERTIFICATE');
  });
});
