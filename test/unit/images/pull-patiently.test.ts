import { expect, test } from 'vitest';
import { isTransient } from '../../../src/images/pull-patiently.js';

// As engines say it. Seen to fail by a pattern left out, and by one that takes any `50`.
test.each([
  ['received unexpected HTTP status: 502 Bad Gateway', true],
  ['unexpected status from HEAD request to https://registry.test/v2/a/manifests/1: 503 Service Unavailable', true],
  ['Get "https://registry-1.docker.io/v2/": net/http: TLS handshake timeout', true],
  ['read tcp 10.0.0.2:50522->10.0.0.1:443: read: connection reset by peer', true],
  ['Head "https://registry.test/v2/a/manifests/1": unexpected EOF', true],
  ['Get "https://registry-1.docker.io/v2/": EOF', true],
  ['Get "https://registry-1.docker.io/v2/": dial tcp: lookup registry-1.docker.io: no such host', false],
  ['dial tcp 10.0.0.1:500: connect: connection refused', false],
  ['toomanyrequests: You have reached your unauthenticated pull rate limit', false],
  ['manifest for registry.test/a:502 not found: manifest unknown: manifest unknown', false],
])('%s', (observed, transient) => expect(isTransient(observed)).toBe(transient));
