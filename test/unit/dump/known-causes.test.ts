import { expect, it } from 'vitest';
import { findKnownCauses } from '../../../src/dump/known-causes.js';

it.each([
  ["cp: error writing '/var/lib/dpkg/status': No space left on device", 'the disk of the engine is full'],
  ['E0101 reflector.go:1] "Failed" err="etcdserver: mvcc: database space exceeded"', 'the disk of the engine is full'],
  ['Failed to allocate directory watch: Too many open files', 'fs.inotify.max_user_instances=512'],
  ['kubelet: failed to create inotify watcher: no space left on device', 'fs.inotify.max_user_watches=524288'],
  ['Failed to create control group inotify object: Too many open files', 'fs.inotify.max_user_instances=512'],
  ['kernel: oom-kill:constraint=CONSTRAINT_MEMCG', 'DIND_NUM_WORKERS'],
  ['runtime: fork/exec /usr/bin/runc: cannot allocate memory', 'too little memory'],
  [
    'tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time 2031-01-01T00:00:00Z is after 2027-11-23T00:00:00Z',
    'set its clock right',
  ],
])('%s', (line, remedy) => {
  const [found, ...more] = findKnownCauses(`all is well\n  ${line}\nmore\n${line}`);
  expect(found).toEqual({ seen: line, remedy: expect.stringContaining(remedy) });
  expect(more).toEqual([]);
});

it('shows of a long line the part that counts', () => {
  const [found] = findKnownCauses(`${'x'.repeat(1000)}: no space left on device: ${'y'.repeat(1000)}`);
  expect(found?.seen).toMatch(/^\.\.\. x{148}: no space left on device: y+$/);
  expect(found?.seen.length).toBeLessThan(320);
});

it('says nothing of ordinary logs, and each of two shortages once', () => {
  expect(findKnownCauses('Started kubelet.service\nmemory pressure: false\nimageFsInfo free 12 GB')).toEqual([]);
  expect(findKnownCauses('write /var/lib/etcd/x: no space left on device\nToo many open files')).toHaveLength(2);
});
