import { describe, expect, it, test } from 'vitest';
import type { TraceAnswer, TraceResult } from '../../../src/results/trace.js';
import { explainAnswer } from '../../../src/trace/explain-answer.js';
import { joinSegments, type JoinRequest, type Tracked } from '../../../src/trace/join-segments.js';
import { readConntrack } from '../../../src/trace/read-conntrack.js';
import { readKdig } from '../../../src/trace/read-kdig.js';
import { renderTraceSvg } from '../../../src/trace/render-svg.js';
import { createPaint } from '../../../src/progress/text.js';
import { renderTraceText } from '../../../src/trace/render-text.js';

test('kdig: addresses, aliases, codes, and no answer', () => {
  expect(
    readKdig(
      ';; ->>HEADER<<- opcode: QUERY; status: NOERROR; id: 1\n;; ANSWER SECTION:\nwww.dual.test.\t300\tIN\tCNAME\tdual.test.\ndual.test.          \t60\tIN\tAAAA\t2001:db8:100::11\n\n;; From fd00:30::a@53(UDP) in 1.4 ms\n',
      'AAAA',
    ),
  ).toEqual({ status: 'NOERROR', chain: ['dual.test'], addresses: ['2001:db8:100::11'], ttl: 60, ms: 1.4 });
  expect(readKdig(';; ->>HEADER<<- opcode: QUERY; status: NXDOMAIN; id: 1\n', 'A')).toEqual({
    status: 'NXDOMAIN',
    chain: [],
    addresses: [],
  });
  expect(
    readKdig(
      ';; WARNING: response timeout for fd00:20::100@53(UDP)\n;; ERROR: failed to query server fd00:20::100@53(UDP)',
      'A',
    ).status,
  ).toBe('no answer');
});

describe('explainAnswer', () => {
  const answer = (to: string, type: 'A' | 'AAAA', addresses: string[], status = 'NOERROR'): TraceAnswer => ({
    from: '',
    to,
    server: '',
    type,
    status,
    chain: [],
    addresses,
  });
  const isSynthesized = (address: string): boolean => address.startsWith('fd00:10:64:ff9b:');
  const why = (
    aaaaUse: boolean,
    given: string[],
    native: string[],
    ipv4: string[],
    status = 'NOERROR',
    zones: string[] = [],
  ): string =>
    explainAnswer(
      'www.n.test',
      [
        answer('DNS64', 'AAAA', given, given.length === 0 ? status : 'NOERROR'),
        answer('upstream', 'AAAA', native, status),
        answer('upstream', 'A', ipv4),
      ],
      { aaaaUse, zones, isSynthesized },
    );
  const [made, real, mapped, four] = [
    'fd00:10:64:ff9b::c633:640b',
    '2001:db8::1',
    '::ffff:198.51.100.11',
    '198.51.100.11',
  ];

  it.each([
    [
      why(false, [made], [real], [four]),
      'synthesized from 198.51.100.11: AAAA use is off, so its AAAA (2001:db8::1) is ignored',
    ],
    [why(true, [made], [], [four]), 'synthesized from 198.51.100.11: the name has no AAAA record'],
    [
      why(true, [made], [mapped], [four]),
      'synthesized from 198.51.100.11: its AAAA is an IPv4-mapped address, which counts as none',
    ],
    [why(true, [made], [], [four], 'SERVFAIL'), 'synthesized from 198.51.100.11: the question for AAAA gets SERVFAIL'],
    [
      why(true, [made], [real], [four], 'NOERROR', ['n.test']),
      'synthesized from 198.51.100.11: DIND_DNS64_NAT64_ZONES has n.test, so its AAAA is ignored',
    ],
    [why(true, [real], [real], [four]), 'native: AAAA use is on, and the name has an AAAA record'],
    [
      why(false, [real], [real], []),
      'native: the name has AAAA records only, and with AAAA use off there is no path to it',
    ],
    [why(true, [], [], [], 'NXDOMAIN'), 'no address: there is no such name'],
    [why(true, [], [], []), 'no address: the name has neither A nor AAAA'],
    [why(true, [], [], [], 'SERVFAIL'), 'no address: DNS64 says SERVFAIL, since its upstream says SERVFAIL'],
  ])('%s', (seen, expected) => {
    expect(seen).toBe(expected);
  });
});

describe('joinSegments', () => {
  const [pod, node, target, pool, egress, host, site] = [
    'fd00:40::3:0:0:2',
    'fd00:20::3',
    'fd00:10:64:ff9b::c633:640a',
    '198.18.0.2',
    '172.18.0.3',
    '203.0.113.2',
    '198.51.100.10',
  ];
  const other =
    'tcp      6 86 TIME_WAIT src=fd00:40::3:0:0:9 dst=fd00:10:64:ff9b::c633:640a sport=1 dport=443 src=fd00:10:64:ff9b::c633:640a dst=fd00:20::3 sport=443 dport=1 [ASSURED] mark=0 use=1\n';
  const entry = (from: string | undefined, to: string | undefined, back: string | undefined, replied = true): string =>
    `tcp      6 86 ${replied ? 'TIME_WAIT' : 'SYN_SENT'} src=${from ?? ''} dst=${to ?? ''} sport=4321 dport=443 ${replied ? '' : '[UNREPLIED] '}src=${to ?? ''} dst=${back ?? ''} sport=443 dport=4321 mark=0 use=1\n`;
  const tracked = (nodeText: string, nat64Ipv4: string, hostText: string): Tracked => ({
    node: readConntrack(nodeText),
    nat64Ipv4: readConntrack(nat64Ipv4),
    host: readConntrack(hostText),
  });
  const whole = (replied = true): [string, string, string] => [
    other + entry(pod, target, node, replied),
    entry(pool, site, egress, replied),
    entry(egress, site, host, replied),
  ];
  const join = (outcome: string, entries: Tracked, more: Partial<JoinRequest> = {}): ReturnType<typeof joinSegments> =>
    joinSegments({
      path: 'nat64',
      pod: { name: 'p', node: 'kubeadm-dind-worker-1', address: pod ?? '' },
      address: target ?? '',
      ipv4: site,
      port: 443,
      target: 'v4only.test',
      nat64: { name: 'kubeadm-dind-nat64', state: 'running' },
      outcome,
      tracked: entries,
      ...more,
    });

  it('joins the entries of each place by what the place before sent', () => {
    const { segments, stopped } = join('connected', tracked(...whole()));
    expect(stopped).toBeUndefined();
    expect(
      segments.map(({ label, packet, translated, answered }) => [
        label,
        packet?.source,
        packet?.destination,
        translated,
        answered,
      ]),
    ).toEqual([
      ['A', pod, target, undefined, true],
      ['B', node, target, 'masquerade', true],
      ['C', egress, site, 'NAT64 to 198.18.0.2 of its pool, then masquerade', true],
      ['D', host, site, 'SNAT', true],
    ]);
  });

  it.each([
    [
      'NAT64 is dead',
      join('timed-out', tracked(whole(false)[0], '', ''), { nat64: { name: 'n', state: 'exited' } }).stopped,
      'NAT64: its container n is exited',
    ],
    [
      'not translated',
      join('timed-out', tracked(whole(false)[0], '', '')).stopped,
      'NAT64: kubeadm-dind-worker-1 sends it, NAT64 does not get it, does not let it in or does not translate it',
    ],
    [
      'dropped by the host',
      join('timed-out', tracked(whole(false)[0], whole(false)[1], '')).stopped,
      'engine host: NAT64 sends it, the engine host does not forward it: its firewall, or its routes',
    ],
    [
      'silence beyond',
      join('timed-out', tracked(...whole(false))).stopped,
      'v4only.test: the engine host sends it, and nothing comes back',
    ],
    [
      'refused by the site',
      join('refused', tracked(...whole())).stopped,
      'v4only.test: it refuses the connection: nothing listens on that port',
    ],
    [
      'nothing leaves',
      join('no-route', tracked('', '', '')).stopped,
      'kubeadm-dind-worker-1: kubeadm-dind-worker-1 forwards nothing to it: no-route',
    ],
  ])('says where it stopped: %s', (_, stopped, text) => {
    expect(`${stopped?.at ?? ''}: ${stopped?.reason ?? ''}`).toBe(text);
  });

  it('the picture and the text show what was seen, and escape what others named', () => {
    const { segments, stopped } = join('timed-out', tracked(whole(false)[0], '', ''));
    const result: TraceResult = {
      cluster: 'kubeadm-dind',
      mode: { aaaa: false, reason: 'a & b' },
      name: 'v4only.test',
      port: 443,
      pod: { name: 'p', node: 'kubeadm-dind-worker-1', address: pod ?? '' },
      dns: [],
      address: target ?? '',
      ipv4: site ?? '',
      synthesis: 'made <up>',
      path: 'nat64',
      segments,
      outcome: 'timed-out',
      ...(stopped === undefined ? {} : { stopped }),
    };
    const svg = renderTraceSvg(result);
    expect(svg.match(/class="taken"/g)).toHaveLength(2);
    expect(svg).toContain('class="cross"');
    expect(svg).toContain('made &lt;up&gt;');
    expect(svg).not.toMatch(/<script|made <up>/);
    const text = renderTraceText(result, createPaint(false));
    expect(text).toContain('C  NAT64 -> engine host');
    expect(text).toContain(
      'stopped at NAT64 (timed-out): kubeadm-dind-worker-1 sends it, NAT64 does not get it, does not let it in or does not translate it',
    );
  });
});
