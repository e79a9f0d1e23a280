import { expect, test } from 'vitest';
import { parseHostFacts } from '../../../src/host/parse-facts.js';
import { judgeFirewalls } from '../../../src/host/judge-firewalls.js';
import { renderRulesetSections } from '../../support/nft-rules.js';

const routes = '@@ routes6\n[{"dst":"default","gateway":"fe80::1","dev":"eth0","flags":[]}]\n';
const judge = (text: string): unknown => {
  const { sure, possible } = judgeFirewalls(
    parseHostFacts(`${routes}${text}`),
    { informsFirewalld: false },
    'kubeadm-dind',
    { aaaa: true },
  );
  return {
    sure: sure.map(({ drop: { table, chain, rule }, remedy }) => ({ table, chain, rule, remedy })),
    possible: possible.map(({ text: what }) => what),
  };
};

/** As an engine with iptables-nft has it, with an administrator's rules. Jumps are recorded to other chains. */
const inNft = (user: string[], forward: string[] = []): string =>
  renderRulesetSections({
    'ip6 filter': {
      FORWARD: { policy: 'drop', rules: [...forward, 'jump zones', 'jump elsewhere'] },
      zones: { rules: user },
      elsewhere: { rules: ['oifname "eth0" accept'] },
      DOCKER: { rules: ['drop'] },
    },
  })
    .replaceAll('zones', 'DOCKER-USER')
    .replaceAll('elsewhere', 'DOCKER-FORWARD');
/** The same with iptables-legacy. */
const inLegacy = (user: string[]): string => `@@ legacy6
-P INPUT ACCEPT
-P FORWARD DROP
-N DOCKER
-N DOCKER-FORWARD
-N DOCKER-USER
-A FORWARD -j DOCKER-USER
-A FORWARD -j DOCKER-FORWARD
-A DOCKER ! -i docker0 -o docker0 -j DROP
${user.map((rule) => `-A DOCKER-USER ${rule}\n`).join('')}-A DOCKER-FORWARD -i docker0 -j ACCEPT
@@ end
`;

test("the engine's own rules and its policy are no firewall of others", () => {
  expect(judge(inNft([]))).toEqual({ sure: [], possible: [] });
  expect(judge(inLegacy([]))).toEqual({ sure: [], possible: [] });
});

test('an administrator who drops everything in DOCKER-USER stops the cluster', () => {
  const table = "ip6 filter (ahead of Docker's rules)";
  const remedy =
    'ip6tables -I DOCKER-USER -i br-+ -j RETURN && ip6tables -I DOCKER-USER -o br-+ -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT';
  expect(judge(inNft(['oifname "eth0" log prefix "no: " drop']))).toMatchObject({
    sure: [{ table, chain: 'DOCKER-USER', rule: 'oifname "eth0" log prefix "no: " drop', remedy }],
  });
  expect(judge(inLegacy(['-o eth0 -j DROP']))).toMatchObject({
    sure: [{ table, chain: 'DOCKER-USER', rule: '-o eth0 -j DROP', remedy }],
  });
});

test('what is let through before, or another interface, does not', () => {
  for (const rules of [
    ['iifname "br-*" accept', 'ct state established,related accept', 'drop'],
    ['iifname "lan0" accept', 'tcp dport 22 drop'],
  ])
    expect(judge(inNft(rules))).toMatchObject({ sure: [] });
  for (const rules of [
    ['-i br-+ -j RETURN', '-o br-+ -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT', '-j DROP'],
    ['-i lan0 -j REJECT --reject-with icmp6-port-unreachable'],
  ])
    expect(judge(inLegacy(rules))).toMatchObject({ sure: [] });
});

test('one who drops the replies does too', () => {
  const sure = [{ chain: 'DOCKER-USER' }];
  expect(judge(inNft(['iifname "eth0" drop']))).toMatchObject({ sure });
  expect(judge(inLegacy(['-i eth0 -j DROP']))).toMatchObject({ sure });
});

test('a drop of some packets is named as a possible one, and one ahead of DOCKER-USER', () => {
  expect(judge(inNft(['tcp dport 22 drop'], ['tcp dport 25 drop']))).toEqual({
    sure: [],
    possible: [
      "table ip6 filter (ahead of Docker's rules), chain FORWARD: tcp dport 25 drop",
      "table ip6 filter (ahead of Docker's rules), chain DOCKER-USER: tcp dport 22 drop",
    ],
  });
});
