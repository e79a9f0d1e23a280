import { describe, expect, it } from 'vitest';
import { hostEnvironment, renderHostArgv } from '../../lab/host.js';

describe('commands on the engine host', () => {
  it("know the lab's engine and nothing of this machine's", () => {
    const environment = hostEnvironment(
      {
        PATH: '/bin',
        HTTPS_PROXY: 'http://proxy',
        no_proxy: 'x',
        DOCKER_CONTEXT: 'desktop',
        DIND_CNI: 'none',
        KUBECONFIG: '/k',
      },
      'unix:///lab.sock',
      { HOME: '/h' },
    );
    expect(environment).toEqual({ PATH: '/bin', DOCKER_HOST: 'unix:///lab.sock', HOME: '/h' });
  });

  it('enter the network first, and become the user last', () => {
    const argv = renderHostArgv({ namespace: '/run/netns/x', resolvConf: '/r' }, ['id', '-u'], {
      uid: 1000,
      gid: 1000,
      groups: [42],
    });
    expect(argv[1]).toBe('--net=/run/netns/x');
    expect(argv.slice(-7)).toEqual(['setpriv', '--reuid=1000', '--regid=1000', '--groups=42', '--', 'id', '-u']);
  });
});
