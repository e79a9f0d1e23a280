import { expect, test } from 'vitest';
import { isApiAway } from '../../../src/cluster/kubectl.js';

test.each([
  'Error from server: etcdserver: request timed out',
  'Error from server: etcdserver: leader changed',
  'The connection to the server [fd00:20::2]:6443 was refused - did you specify the right host or port?\nUnable to connect to the server: dial tcp [fd00:20::2]:6443: connect: connection refused',
  'Unable to connect to the server: net/http: TLS handshake timeout',
  'error: Patch "https://[fd00:20::2]:6443/api/v1/nodes/worker-1": unexpected EOF',
  'Error from server (ServiceUnavailable): the server is currently unable to handle the request',
  'Error from server (Timeout): Timeout: request did not complete within requested timeout - context deadline exceeded',
])('an API that will answer later: %s', (stderr) => {
  expect(isApiAway(stderr)).toBe(true);
});

test.each([
  'Error from server (NotFound): nodes "worker-1" not found',
  'Error from server (AlreadyExists): pods "dind64-check" already exists',
  'error: You must be logged in to the server (Unauthorized)',
  'The Node "worker-1" is invalid: spec.podCIDRs: Forbidden',
])('a request that is refused: %s', (stderr) => {
  expect(isApiAway(stderr)).toBe(false);
});
