import { describe, expect, it } from 'vitest';
import { parseImageReference, qualifyImageName } from '../../../src/engine/image-reference.js';

describe('parseImageReference', () => {
  it.each([
    ['debian', 'docker.io', 'library/debian', undefined, undefined],
    ['debian:trixie-slim', 'docker.io', 'library/debian', 'trixie-slim', undefined],
    ['kindest/node:v1.37.2@sha256:00', 'docker.io', 'kindest/node', 'v1.37.2', 'sha256:00'],
    ['docker.io/debian', 'docker.io', 'library/debian', undefined, undefined],
    ['index.docker.io/a/b', 'docker.io', 'a/b', undefined, undefined],
    ['registry.k8s.io/coredns/coredns:v1', 'registry.k8s.io', 'coredns/coredns', 'v1', undefined],
    ['localhost/a', 'localhost', 'a', undefined, undefined],
    ['localhost:5000/a/b@sha256:00', 'localhost:5000', 'a/b', undefined, 'sha256:00'],
    ['[::1]:5000/a:1', '[::1]:5000', 'a', '1', undefined],
  ])('%s', (text, registry, repository, tag, digest) =>
    expect(parseImageReference(text)).toEqual({ registry, repository, tag, digest }),
  );
});

describe('qualifyImageName', () => {
  // Seen to fail when docker.io went before every name, as it did while ours were called dind64/...
  it.each([
    ['localhost/dind64/base:0123', 'localhost/dind64/base:0123'],
    ['dind64/base:0123', 'docker.io/dind64/base:0123'],
    ['app', 'docker.io/library/app:latest'],
    ['docker.io/a/b:1', 'docker.io/a/b:1'],
    ['registry.k8s.io/pause:3.10', 'registry.k8s.io/pause:3.10'],
    ['localhost:5000/a', 'localhost:5000/a:latest'],
    ['kindest/node:v1@sha256:00', 'docker.io/kindest/node@sha256:00'],
  ])('%s', (text, full) => expect(qualifyImageName(text)).toBe(full));
});
