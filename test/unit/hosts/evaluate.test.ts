// Seen to fail: with the checks of NAT64's host asked of every host.
import { expect, test } from 'vitest';
import { hostChecks } from '../../../src/hosts/checks/list.js';
import { evaluateHosts } from '../../../src/hosts/evaluate.js';
import { config, reading } from './sample-reading.js';

test('nothing is wrong with hosts that are ready, and each is asked what its roles need', () => {
  const { counts, hosts } = evaluateHosts(
    config,
    config.hosts.map((host) => ({ host, answer: { reading } })),
  );
  const all = hosts.flatMap(({ findings }) => findings);
  expect(all.filter(({ status }) => status !== 'ok')).toEqual([]);
  expect(counts).toEqual({ ok: all.length, warning: 0, failure: 0, unknown: 0 });
  const ids = hosts.map(({ findings }) => findings.map(({ id }) => id));
  expect(new Set(ids[0]).size).toBe(hostChecks.length + 1);
  expect(ids[0]?.filter((id) => ids[1]?.includes(id) === false)).toEqual(['ipv4-route']);
});
