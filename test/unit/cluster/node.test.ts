import { describe, expect, it } from 'vitest';
import { CommandError } from '../../../src/errors.js';
import { isSilentRuntime } from '../../../src/cluster/node.js';

describe('isSilentRuntime', () => {
  // As a slow virtual machine had it.
  const silent =
    '\t[ERROR CRI]: could not connect to the container runtime: failed to create new CRI runtime service: validate service connection: validate CRI v1 runtime API for endpoint "unix:///run/containerd/containerd.sock": rpc error: code = DeadlineExceeded desc = context deadline exceeded';
  const failed = (...lines: string[]): CommandError =>
    new CommandError({
      doing: 'initializing',
      where: 'node',
      argv: ['kubeadm', 'init'],
      status: 1,
      output: ['[preflight] Some fatal errors occurred:', ...lines].join('\n'),
    });

  it('is true when containerd did not answer in time, and that alone', () => {
    expect(isSilentRuntime(failed(silent))).toBe(true);
    expect(isSilentRuntime(failed(silent, '\t[ERROR Port-6443]: Port 6443 is in use'))).toBe(false);
    expect(isSilentRuntime(failed(silent.replace('DeadlineExceeded', 'Unimplemented')))).toBe(false);
    expect(isSilentRuntime(new Error(silent))).toBe(false);
  });
});
