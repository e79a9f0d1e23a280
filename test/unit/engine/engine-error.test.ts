import { describe, expect, it } from 'vitest';
import { DindError } from '../../../src/errors.js';
import { engineError } from '../../../src/engine/engine-error.js';

describe('engineError', () => {
  const of = (message: string, statusCode = 500) =>
    engineError(
      { statusCode, message: `(HTTP code ${statusCode}) server error - ${message} `, json: { message } },
      'doing it',
      'unix:///x',
    );

  // As moby 28.5 says them.
  it.each([
    [
      'name-taken',
      'Conflict. The container name "/a" is already in use by container "0f". You have to remove (or rename) that container to be able to reuse that name.',
    ],
    ['name-taken', 'network with name a already exists'],
    [
      'port-taken',
      'failed to set up container networking: driver failed programming external connectivity on endpoint a (0f): Bind for 127.0.0.1:18443 failed: port is already allocated',
    ],
    [
      'port-taken',
      'failed to set up container networking: driver failed programming external connectivity on endpoint a (0f): failed to bind host port for 127.0.0.1:80:172.18.0.2:80/tcp: address already in use',
    ],
    ['network-overlaps', 'invalid pool request: Pool overlaps with other one on this address space'],
    ['address-pools-exhausted', 'all predefined address pools have been fully subnetted'],
    ['address-taken', 'failed to set up container networking: Address already in use'],
    ['disk-full', 'write /var/lib/docker/tmp/x: no space left on device'],
    [
      'ipv6-unavailable',
      'Failed to Setup IP tables: Unable to enable IPv6 forwarding rules: ip6tables: command not found',
    ],
    [
      'ipv6-unavailable',
      'Unable to enable IPv6 addresses on bridge: open /proc/sys/net/ipv6/conf/br-0f/disable_ipv6: no such file or directory',
    ],
    ['engine-object-in-use', 'remove a: volume is in use - [0f]'],
    ['engine-object-in-use', 'error while removing network: network a has active endpoints (name:"c" id:"0f")'],
  ])('%s: %s', (code, message) => {
    const error = of(message);
    expect(error).toMatchObject({ code, observed: message, doing: 'doing it', where: 'unix:///x' });
    expect(error.hint).toBeTruthy();
  });

  it('names what it does not know by the status', () => {
    expect(of('No such container: a', 404)).toMatchObject({
      code: 'engine-object-absent',
      observed: 'No such container: a',
    });
    expect(of('strange', 409).code).toBe('engine-conflict');
    expect(of('strange', 400).code).toBe('engine-refused');
    expect(of('strange').code).toBe('engine-failed');
    expect(
      engineError(Object.assign(new Error('connect ECONNREFUSED /x'), { code: 'ECONNREFUSED' }), 'd', 'e'),
    ).toMatchObject({ code: 'engine-lost', hint: expect.stringContaining('journalctl') });
  });

  it('keeps an error that says everything already', () => {
    const error = new DindError({ code: 'x', source: 'bug', doing: 'a', observed: 'b' });
    expect(engineError(error, 'other', 'where')).toBe(error);
  });
});
