import { beforeAll, describe, expect, it } from 'vitest';
import { longestName, signedZone } from '../lab/zones.js';
import { describeWithCluster } from '../support/cluster.js';

const env = { DIND_ALLOW_AAAA_USE: 'true' };
const v4only = 'fd00:10:64:ff9b::c633:640a';
const dual = 'fd00:10:64:ff9b::c633:640b';

/** Asks cluster DNS from a pod; a line `NAME STATUS MILLISECONDS` each. */
const ask =
  'ask() { local start=$EPOCHREALTIME status; status=$(kdig +time=8 +retry=0 +noall +header "$1" ${2:-AAAA} | sed -n "s/.*status: \\([A-Z]*\\).*/\\1/p"); echo "$1 ${status:-silence} $(((10#${EPOCHREALTIME/./} - 10#${start/./}) / 1000))"; }';

/**
 * DNS on bad days: the times of the network's design, and answers that are unlike others. Seen to
 * fail without unbound's infra-host-ttl (slow names), with dns64-synthall in place of dns64-ignore-aaaa (validating clients), and with CoreDNS caching external names (the signed zone after a switch).
 */
describeWithCluster('DNS under stress', { profile: 'dual', shared: true, env }, (cluster) => {
  const run = async (script: string): Promise<{ name: string; status: string; ms: number }[]> =>
    (await cluster.pod(`${ask}\n${script}`)).stdout
      .trim()
      .split('\n')
      .map((line) => line.split(' '))
      .map(([name = '', status = '', ms]) => ({ name, status, ms: Number(ms) }));
  const askOne = async (name: string): Promise<{ status: string; ms: number } | undefined> =>
    (await run(`ask ${name}`))[0];
  /** Milliseconds until every one of the names is answered again. */
  const untilBack = async (...names: string[]): Promise<number> =>
    Number(
      (
        await cluster.pod(
          `${ask}; start=$EPOCHREALTIME; for name in ${names.join(' ')}; do until [[ $(ask $name) = *NOERROR* ]]; do sleep 0.1; done; done; echo $(((10#\${EPOCHREALTIME/./} - 10#\${start/./}) / 1000))`,
        )
      ).stdout,
    );

  describe.each(['off', 'on'])('with AAAA use %s', (use) => {
    beforeAll(async () => {
      await cluster.succeed(['aaaa', use]);
    });

    it('an upstream that refuses: SERVFAIL within 1 s, back within 5 s; what needs no upstream goes on', async () => {
      await cluster.lab.dns.stop();
      try {
        const answer = await askOne('other.test');
        expect(answer?.status).toBe('SERVFAIL');
        expect(answer?.ms).toBeLessThan(1000);
        expect(
          (await run('ask ipv4only.arpa; ask kubernetes.default.svc.cluster.local')).map(({ status }) => status),
        ).toEqual(['NOERROR', 'NOERROR']);
      } finally {
        await cluster.lab.dns.start();
      }
      expect(await untilBack('mixed.test', 'other.test')).toBeLessThan(5500);
    });

    it('a silent upstream: SERVFAIL within 5 s, back within 5 s', async () => {
      await cluster.lab.dns.silence.on();
      try {
        const answer = await askOne('wkp.test');
        expect(answer?.status).toBe('SERVFAIL');
        expect(answer?.ms).toBeLessThan(5000);
      } finally {
        await cluster.lab.dns.silence.off();
      }
      expect(await untilBack('wkpdual.test', 'wkp.test')).toBeLessThan(5500);
    });

    it('slow names are answered, and nobody else waits for them', async () => {
      const answers = await run(
        `for i in $(seq 20); do ask n$i-${use}.slow.test & done; sleep 0.3; ask dual.test; ask cname-v4only.test; wait`,
      );
      const slow = answers.filter(({ name }) => name.endsWith('.slow.test'));
      expect(slow.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 'NOERROR'));
      expect(Math.max(...slow.map(({ ms }) => ms))).toBeGreaterThan(900);
      expect(Math.max(...slow.map(({ ms }) => ms))).toBeLessThan(5000);
      const others = answers.filter(({ name }) => !name.endsWith('.slow.test'));
      expect(others.map(({ status }) => status)).toEqual(['NOERROR', 'NOERROR']);
      expect(Math.max(...others.map(({ ms }) => ms))).toBeLessThan(900);
    });
  });

  it('an upstream that flaps: what is known is answered throughout, and all of it when it is over', async () => {
    await askOne('dual.test');
    const known = run('for i in $(seq 80); do ask dual.test; sleep 0.1; done');
    const others = run('for i in $(seq 80); do ask n$i.nxdomain.test; sleep 0.1; done');
    for (let turn = 0; turn < 4; turn += 1) {
      await cluster.lab.dns.stop();
      await new Promise((resolve) => setTimeout(resolve, 800));
      await cluster.lab.dns.start();
      await new Promise((resolve) => setTimeout(resolve, 800));
    }
    expect((await known).filter(({ status }) => status !== 'NOERROR')).toEqual([]);
    const seen = new Set((await others).map(({ status }) => status));
    expect([...seen].sort()).toEqual(['NXDOMAIN', 'SERVFAIL']);
    expect(await untilBack('other.test', 'mixed.test')).toBeLessThan(5500);
  });

  it('a name of 255 bytes, eight aliases in a row, answers of more than 4 kB', async () => {
    expect(
      (
        await cluster.pod(`getent ahostsv6 ${longestName}. | head -n 1 | cut -d' ' -f1; kdig +short alias8.test AAAA`)
      ).stdout
        .trim()
        .split('\n'),
    ).toEqual([
      v4only,
      'alias7.test.',
      'alias6.test.',
      'alias5.test.',
      'alias4.test.',
      'alias3.test.',
      'alias2.test.',
      'alias1.test.',
      'v4only.test.',
      v4only,
    ]);
    expect((await cluster.pod('getent ahostsv6 many.test | cut -d" " -f1 | sort -u | wc -l')).stdout.trim()).toBe(
      '120',
    );
    const { stdout } = await cluster.pod('kdig many.test AAAA; kdig big.test TXT');
    const sizes = [...stdout.matchAll(/Received (\d+) B/g)].map(([, size]) => Number(size));
    expect(Math.min(...sizes)).toBeGreaterThan(3300);
    expect(Math.max(...sizes)).toBeGreaterThan(4096);
    expect(stdout.match(/\(TCP\)/g)).toHaveLength(2);
  });

  describe('a signed zone (RFC 6147, 3 and 5.5)', () => {
    let key: string;
    beforeAll(async () => {
      await cluster.succeed(['aaaa', 'off']);
      const { stdout } = await cluster.lab.exec('internet', ['dig', '+short', '@198.51.100.54', signedZone, 'DNSKEY']);
      key = /^257 3 13 (.*)$/m.exec(stdout)?.[1] ?? '';
      expect(key).not.toBe('');
    });

    /** A validating client with the pod's network and resolver, which knows the zone's key. */
    const validate = async (name: string, type: string): Promise<string> => {
      const anchor = `trust-anchors { "${signedZone}" static-key 257 3 13 "${key}"; };`;
      const { stdout, stderr } = await cluster.lab.exec(await cluster.podNetwork(), [
        'bash',
        '-c',
        `delv -a <(echo '${anchor}') +cdflag +root=${signedZone} @fd00:30::a ${name} ${type}`,
      ]);
      return stdout + stderr;
    };

    it('a client that only asks for signatures gets a synthesized answer, which claims nothing', async () => {
      const { stdout } = await cluster.pod(
        `kdig +dnssec v4only.${signedZone} AAAA; kdig +dnssec dual.${signedZone} AAAA`,
      );
      expect(stdout).toContain(v4only);
      expect(stdout).toContain(dual);
      expect(stdout).not.toMatch(/RRSIG\s+AAAA/);
      expect(stdout).not.toMatch(/Flags: [^;]*\bad\b/);
    });

    it.each(['off', 'on'])(
      'with AAAA use %s a client that validates by itself (CD) sees the zone as it is: no synthesis, and every answer is good',
      async (use) => {
        await cluster.succeed(['aaaa', use]);
        for (const [name, type, address] of [
          ['v4only', 'A', '198.51.100.10'],
          ['dual', 'AAAA', '2001:db8:100::11'],
        ] as const) {
          const answer = await validate(`${name}.${signedZone}`, type);
          expect(answer).toContain('; fully validated');
          expect(answer).toContain(address);
        }
        expect(await validate(`v4only.${signedZone}`, 'AAAA')).toContain('; negative response, fully validated');
      },
    );

    it('with AAAA use on a native answer keeps its signature', async () => {
      const { stdout } = await cluster.pod(`kdig +dnssec dual.${signedZone} AAAA`);
      expect(stdout).toMatch(/RRSIG\s+AAAA 13/);
      expect(stdout).toContain('2001:db8:100::11');
    });
  });
});
