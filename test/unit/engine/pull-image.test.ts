import { describe, expect, it } from 'vitest';
import { pullProgress } from '../../../src/engine/pull-image.js';

describe('pullProgress', () => {
  it('tells changes of state and the share of the whole, not every message', () => {
    const describeMessage = pullProgress();
    const lines = [
      { status: 'Pulling from library/debian', id: 'trixie' },
      { status: 'Pulling fs layer', id: 'a' },
      { status: 'Downloading', id: 'a', progressDetail: { current: 1, total: 10_000_000 } },
      { status: 'Downloading', id: 'a', progressDetail: { current: 2, total: 10_000_000 } },
      { status: 'Downloading', id: 'a', progressDetail: { current: 5_000_000, total: 10_000_000 } },
      { status: 'Downloading', id: 'b', progressDetail: { current: 0, total: 10_000_000 } },
      { status: 'Download complete', id: 'a' },
      { status: 'Downloading', id: 'b', progressDetail: { current: 10_000_000, total: 10_000_000 } },
      { status: 'Extracting', id: 'a', progressDetail: { current: 1, total: 2 } },
      { status: 'Extracting', id: 'a', progressDetail: { current: 2, total: 2 } },
      { status: 'Pull complete', id: 'a' },
      { status: 'Digest: sha256:00' },
    ].map(describeMessage);
    expect(lines).toEqual([
      'trixie: Pulling from library/debian',
      'a: Pulling fs layer',
      'downloaded 0% of 10.0 MB',
      undefined,
      'downloaded 50% of 10.0 MB',
      'downloaded 25% of 20.0 MB',
      'a: Download complete',
      'downloaded 100% of 20.0 MB',
      'a: Extracting',
      undefined,
      'a: Pull complete',
      'Digest: sha256:00',
    ]);
  });
});
