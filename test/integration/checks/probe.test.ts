import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { readProbeLine } from '../../../src/checks/read-results.js';
import type { ProbeResult } from '../../../src/checks/probe-types.js';
import { parseIpv6Address } from '../../../src/net/address.js';
import { renderProbeArguments, type ProbeRequest } from '../../../src/render/check-probe.js';
import { findObstacle, isRequired } from '../../support/lab.js';

const run = promisify(execFile);
const lab = new URL('./probe-lab.bash', import.meta.url).pathname;

const obstacle = findObstacle();

/** In a network namespace of its own. */
async function probe(
  requests: ProbeRequest[],
  attemptMs: number,
): Promise<{ results: ProbeResult[]; lastLine: string | undefined; durationMs: number }> {
  const folder = await mkdtemp(join(tmpdir(), 'dind64-probe-'));
  try {
    const start = performance.now();
    const { stdout } = await run('unshare', [
      '--net',
      '--mount',
      'bash',
      lab,
      folder,
      ...renderProbeArguments(requests, attemptMs),
    ]);
    const lines = stdout.trim().split('\n');
    return {
      results: lines.map(readProbeLine).filter((result) => result !== undefined),
      lastLine: lines.at(-1),
      durationMs: performance.now() - start,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

describe.skipIf(obstacle !== undefined && !isRequired('integration'))(
  `the probe${obstacle === undefined ? '' : ` (${obstacle})`}`,
  () => {
    test('tells every kind of answer, connection and failure apart, all side by side', async () => {
      const at = (address: string): { probe: 'tcp'; address: ReturnType<typeof parseIpv6Address> } => ({
        probe: 'tcp',
        address: parseIpv6Address(address),
      });
      const udp = (address: string): { probe: 'udp'; address: ReturnType<typeof parseIpv6Address> } => ({
        ...at(address),
        probe: 'udp',
      });
      const dns = (id: string, type: 'A' | 'AAAA' = 'AAAA', server?: string): ProbeRequest => ({
        probe: 'dns',
        id,
        name: `${id}.example`,
        type,
        ...(server === undefined ? {} : { server: parseIpv6Address(server) }),
      });
      const { results, lastLine, durationMs } = await probe(
        [
          { ...at('2001:db8:80::1'), id: 'connected', port: 80 },
          { ...at('2001:db8:80::1'), id: 'refused', port: 81 },
          { ...at('2001:db8:13::1'), id: 'prohibited', port: 80 },
          { ...at('2001:db8:3::1'), id: 'unreachable', port: 80 },
          { ...at('2001:db8:4::1'), id: 'no-route', port: 80 },
          { ...at('2001:db8:99::1'), id: 'timed-out', port: 80 },
          { ...udp('2001:db8:80::1'), id: 'udp-refused', port: 9 },
          { ...udp('2001:db8:13::1'), id: 'udp-prohibited', port: 9 },
          { ...udp('2001:db8:4::1'), id: 'udp-no-route', port: 9 },
          { ...udp('2001:db8:99::1'), id: 'udp-timed-out', port: 9 },
          { ...udp('2001:db8:80::1'), id: 'udp-answered', port: 7 },
          dns('dual'),
          dns('kubernetes'),
          dns('alias', 'A'),
          dns('many'),
          dns('empty'),
          dns('servfail'),
          dns('refused'),
          dns('absent'),
          dns('lossy'),
          dns('silent'),
          { ...dns('dual', 'A', '2001:db8:53::2'), id: 'other-server' },
          { ...dns('dual', 'A', '2001:db8:80::1'), id: 'nobody-listens' },
          { ...dns('dual', 'A', '2001:db8:13::1'), id: 'dns-prohibited' },
        ],
        1500,
      );
      const tcp = Object.fromEntries(
        results.flatMap((result) => (result.probe === 'tcp' ? [[result.id, result.outcome]] : [])),
      );
      expect(tcp).toEqual({
        connected: 'connected',
        refused: 'refused',
        prohibited: 'prohibited',
        unreachable: 'no-route',
        'no-route': 'no-route',
        'timed-out': 'timed-out',
      });
      const udpSeen = Object.fromEntries(
        results.flatMap((result) => (result.probe === 'udp' ? [[result.id, result.outcome]] : [])),
      );
      expect(udpSeen).toEqual({
        'udp-refused': 'refused',
        'udp-prohibited': 'prohibited',
        'udp-no-route': 'no-route',
        'udp-timed-out': 'timed-out',
        'udp-answered': 'connected',
      });
      const answers = Object.fromEntries(
        results
          .filter((result) => result.probe === 'dns')
          .map((result) => [result.id, `${result.answer} ${result.addresses.slice(0, 2).join(' ')}`.trim()]),
      );
      expect(answers).toEqual({
        dual: 'NOERROR 2001:db8:80::1',
        kubernetes: 'NOERROR 2001:db8:80::1',
        alias: 'NOERROR 192.0.2.80',
        many: 'NOERROR 2001:db8:80::1 2001:db8:80::2',
        empty: 'NOERROR',
        servfail: 'SERVFAIL',
        refused: 'REFUSED',
        absent: 'NXDOMAIN',
        lossy: 'NOERROR 2001:db8:80::1',
        silent: 'no-answer',
        'other-server': 'NOERROR 192.0.2.80',
        'nobody-listens': 'refused',
        'dns-prohibited': 'prohibited',
      });
      expect(results.find((result) => result.id === 'many')).toMatchObject({ addresses: { length: 20 } });
      expect(lastLine).toBe('{"probe":"end"}');
      // The slowest is the silent server: two attempts. One after the other all would take more than twenty seconds.
      expect(durationMs).toBeLessThan(9000);
    });

    test('a target is tried on each port of each family until one answers, and DNS64 is asked when there is no AAAA', async () => {
      const second = parseIpv6Address('2001:db8:53::2');
      const target = (id: string, families: '6' | '46', more: Partial<ProbeRequest> = {}): ProbeRequest =>
        ({ probe: 'target', id, name: `${id}.example`, ports: [443, 80], families, ...more }) as ProbeRequest;
      const { results } = await probe(
        [
          target('dual', '46'),
          target('kubernetes', '6', { secondServer: second }),
          target('servfail', '6', { secondServer: second }),
        ],
        1000,
      );
      const seen = (id: string): string[] =>
        results
          .filter((result) => result.id === id)
          .map((result) =>
            result.probe === 'dns'
              ? `${result.type} ${result.answer} ${result.server}`
              : `${result.address} ${'port' in result ? result.port : ''} ${result.outcome}`,
          )
          .sort();
      expect(seen('dual')).toEqual([
        '192.0.2.80 443 connected',
        '2001:db8:80::1 443 refused',
        '2001:db8:80::1 80 connected',
        'A NOERROR 2001:db8:53::1',
        'AAAA NOERROR 2001:db8:53::1',
      ]);
      expect(seen('kubernetes')).toEqual([
        '2001:db8:80::1 443 refused',
        '2001:db8:80::1 80 connected',
        'A NOERROR 2001:db8:53::1',
        'AAAA NOERROR 2001:db8:53::1',
      ]);
      expect(seen('servfail')).toEqual([
        'A SERVFAIL 2001:db8:53::1',
        'AAAA SERVFAIL 2001:db8:53::1',
        'AAAA SERVFAIL 2001:db8:53::2',
      ]);
    });
  },
);
