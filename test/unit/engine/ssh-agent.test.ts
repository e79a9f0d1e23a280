import { expect, it } from 'vitest';
import { sshArguments } from '../../../src/engine/ssh-agent.js';

it("uses the words of Docker's own client, and ends when the far side is silent", () => {
  expect(sshArguments({ kind: 'ssh', user: undefined, host: 'far', port: undefined, path: undefined })).toEqual([
    '-o',
    'ConnectTimeout=30',
    '-o',
    'ServerAliveInterval=15',
    '-o',
    'ServerAliveCountMax=3',
    '-T',
    '--',
    'far',
    'docker',
    'system',
    'dial-stdio',
  ]);
  expect(sshArguments({ kind: 'ssh', user: 'me', host: 'far', port: 22, path: '/run/d.sock' })).toEqual([
    '-o',
    'ConnectTimeout=30',
    '-o',
    'ServerAliveInterval=15',
    '-o',
    'ServerAliveCountMax=3',
    '-T',
    '-l',
    'me',
    '-p',
    '22',
    '--',
    'far',
    'docker',
    '--host',
    'unix:///run/d.sock',
    'system',
    'dial-stdio',
  ]);
});
