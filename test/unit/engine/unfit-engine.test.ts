import { describe, expect, it } from 'vitest';
import { findUnfitness } from '../../../src/engine/unfit-engine.js';

describe('findUnfitness', () => {
  const good = {
    Version: '28.0.4',
    ApiVersion: '1.48',
    Os: 'linux',
    Components: [{ Name: 'Engine' }],
    SecurityOptions: ['name=seccomp,profile=builtin'],
  };

  it.each([
    ['28.0', good],
    ['29', { ...good, Version: '29.4.0', ApiVersion: '1.53' }],
    ['self-built, without a version', { ...good, Version: 'dev', ApiVersion: '1.51' }],
    ['with user namespaces', { ...good, SecurityOptions: ['name=userns'] }],
    ['without security options', { ...good, SecurityOptions: null }],
  ])('takes %s', (_, identity) => expect(findUnfitness(identity, 'here')).toBeUndefined());

  it.each([
    ['engine-too-old', { ...good, Version: '27.5.1', ApiVersion: '1.47' }],
    ['engine-too-old', { ...good, Version: '20.10.24', ApiVersion: '1.41' }],
    ['engine-too-old', {}],
    ['engine-rootless', { ...good, SecurityOptions: ['name=seccomp', 'name=rootless', 'name=cgroupns'] }],
    [
      'engine-podman',
      {
        Version: '5.4.2',
        ApiVersion: '1.41',
        Os: 'linux',
        Components: [{ Name: 'Podman Engine' }, { Name: 'Conmon' }],
      },
    ],
    ['engine-not-linux', { ...good, Os: 'windows' }],
  ])('refuses by %s', (code, identity) => {
    const refusal = findUnfitness(identity, 'unix:///x');
    expect(refusal).toMatchObject({ code, where: 'unix:///x', source: 'environment' });
    expect(refusal?.hint).toBeTruthy();
  });

  it('says which version it is and which is needed', () => {
    expect(findUnfitness({ ...good, Version: '26.1.5', ApiVersion: '1.45' }, 'here')).toMatchObject({
      observed: 'Docker 26.1.5 (API 1.45)',
      hint: expect.stringContaining('Docker 28 or newer'),
    });
  });
});
