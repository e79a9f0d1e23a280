// Seen to fail: without `--` before the destination (the first test). A real sshd is beyond a unit test.
import { expect, test } from 'vitest';
import { sshArguments } from '../../../src/hosts/ssh.js';

const target = { name: 'second', destination: 'root@second.example', socket: '/tmp/s/0' };

test('ssh asks nobody, notices a host that is gone, and runs what it is given whatever its configuration says', () => {
  const options = 'BatchMode=yes ConnectTimeout=10 ServerAliveInterval=5 ServerAliveCountMax=3 ControlPath=/tmp/s/0';
  const against = 'ControlPersist=no RemoteCommand=none ClearAllForwardings=yes LogLevel=ERROR';
  const given = (master: string): string[] =>
    `${options} ControlMaster=${master} ${against}`.split(' ').flatMap((option) => ['-o', option]);
  expect(sshArguments(target, 'master', ['cat'])).toEqual(['-T', ...given('yes'), '--', 'root@second.example', 'cat']);
  expect(sshArguments(target, 'shared', ['true'])).toEqual(['-T', ...given('no'), '--', 'root@second.example', 'true']);
});
