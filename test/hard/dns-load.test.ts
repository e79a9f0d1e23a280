import { writeFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { describeWithCluster } from '../support/cluster.js';

const rate = 2000;
const seconds = 60;
const common = [
  'dual.test AAAA',
  'dual.test A',
  'v4only.test AAAA',
  'v6only.test AAAA',
  'cname-dual.test AAAA',
  'alias8.test AAAA',
  'kubernetes.default.svc.cluster.local AAAA',
  'ipv4only.arpa AAAA',
  'nodata.test AAAA',
];

/** 2,000 queries a second through CoreDNS and DNS64 for a minute, in each mode; every twentieth is for a name that nobody has asked for. */
describeWithCluster(
  'DNS under load',
  {
    profile: 'dual',
    env: { DIND_NUM_WORKERS: '0', DIND_ALLOW_AAAA_USE: 'true', DIND_CHECK_TARGETS: 'dual.test,v4only.test' },
  },
  (cluster) => {
    it.each(['on', 'off'])('with AAAA use %s no query is lost and none fails', async (use) => {
      await cluster.succeed(['aaaa', use]);
      const queries = Array.from({ length: rate * seconds }, (_, index) =>
        index % 20 === 0 ? `n${index}-${use}.test AAAA` : common[index % common.length],
      );
      await writeFile(`${cluster.lab.directory}/queries`, `${queries.join('\n')}\n`);
      const { stdout, stderr } = await cluster.lab.exec(
        await cluster.podNetwork(),
        [
          'dnsperf',
          '-s',
          'fd00:30::a',
          '-d',
          '/run/lab/queries',
          '-l',
          String(seconds),
          '-Q',
          String(rate),
          '-c',
          '50',
          '-q',
          '1000',
          '-t',
          '5',
        ],
        { timeoutMs: 2 * 60_000 },
      );
      const count = (pattern: RegExp): number => Number(pattern.exec(stdout)?.[1] ?? Number.NaN);
      console.log(stdout.slice(stdout.indexOf('Statistics')));
      expect([stderr, count(/Queries lost:\s+(\d+)/)]).toEqual([stderr, 0]);
      expect([...stdout.matchAll(/([A-Z]+) \d+ \(/g)].map(([, code]) => code).sort()).toEqual(['NOERROR', 'NXDOMAIN']);
      expect(count(/Queries completed:\s+(\d+)/)).toBeGreaterThan(rate * seconds * 0.95);
    });
  },
  'hard',
);
