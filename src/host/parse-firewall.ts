import type { FirewallChain, FirewallRule, HostFacts } from '../plan/types.js';
import { listChainsAheadOfEngine, parseLegacyChains } from './ahead-of-engine.js';
import { findEngineRules } from './engine-rules.js';
import { parseNft } from './parse-nft.js';
import { listActions, listReachedChains } from './reached-chains.js';

type FirewallFacts = Pick<HostFacts, 'rulesBackend' | 'forwardPolicy' | 'foreignForwardTables'> &
  Required<Pick<HostFacts, 'forwardDrops' | 'foreignChains' | 'engineRules'>>;

/** Tables of the engine's nftables backend (moby, nftabler.go), and ours. */
export const enginesOrOurs = /^ip6? (docker-bridges|DIND64-.*)$/;
/** The tables that iptables-nft and ip6tables-nft keep their rules in. */
const iptablesNft = /^ip6? filter$/;

/**
 * Reads the rule set of nft (parse-nft.ts) and `iptables-legacy -S` of both families (empty where there is no such table): where the engine's
 * rules are, and what else stands in the way of a forwarded packet. An accept in one table cannot undo a drop in another.
 */
export function parseFirewall(
  texts: { nft: string; nftText: string; legacy4: string; legacy6: string },
  bridges: readonly string[],
): FirewallFacts {
  const parsed = parseNft(texts.nft, texts.nftText);
  const { chains } = parsed;
  const iptablesChains = chains.filter((chain) => iptablesNft.test(chain.table));
  const rulesBackend = chooseBackend(iptablesChains, `${texts.legacy4}\n${texts.legacy6}`, bridges);
  const nftPolicy = (table: string): string | undefined =>
    iptablesChains.find((chain) => chain.table === table && chain.name === 'FORWARD')?.policy?.toUpperCase();
  const legacyPolicy = (text: string): string | undefined => /^-P FORWARD (\S+)/m.exec(text)?.[1];
  const useLegacy = rulesBackend === 'legacy' || (rulesBackend === 'none' && iptablesChains.length === 0);
  const usesNftables = chains.some((chain) => / docker-bridges$/.test(chain.table));
  const foreign = chains.filter(
    (chain) =>
      /^(inet|ip6?) /.test(chain.table) &&
      !enginesOrOurs.test(chain.table) &&
      (useLegacy || usesNftables || !iptablesNft.test(chain.table)),
  );
  const ahead =
    usesNftables || rulesBackend === 'none'
      ? []
      : listChainsAheadOfEngine(
          useLegacy
            ? [...parseLegacyChains('ip filter', texts.legacy4), ...parseLegacyChains('ip6 filter', texts.legacy6)]
            : iptablesChains,
        );
  const tables = [...new Set(foreign.filter((chain) => chain.hook === 'forward').map((chain) => chain.table))];
  return {
    rulesBackend,
    engineRules: findEngineRules(parsed, texts),
    forwardPolicy: {
      ipv4: useLegacy ? legacyPolicy(texts.legacy4) : nftPolicy('ip filter'),
      ipv6: useLegacy ? legacyPolicy(texts.legacy6) : nftPolicy('ip6 filter'),
    },
    foreignForwardTables: tables,
    foreignChains: [
      ...foreign,
      ...ahead,
      ...(useLegacy
        ? []
        : [readLegacyChain('ip filter', texts.legacy4), readLegacyChain('ip6 filter', texts.legacy6)].filter(
            (chain) => chain !== undefined,
          )),
    ],
    forwardDrops: [
      ...tables.flatMap((table) => findDrops(foreign.filter((chain) => chain.table === table))),
      ...['ip', 'ip6'].flatMap((family) => findDrops(ahead.filter((chain) => chain.table.startsWith(`${family} `)))),
      ...(useLegacy
        ? []
        : [
            ...findLegacyDrops('ip filter (iptables-legacy)', texts.legacy4),
            ...findLegacyDrops('ip6 filter (ip6tables-legacy)', texts.legacy6),
          ]),
    ],
  };
}

/** After a change of backend the old rules stay until a reboot: the backend that names more of today's bridges is the one in use. */
function chooseBackend(nft: FirewallChain[], legacy: string, bridges: readonly string[]): HostFacts['rulesBackend'] {
  const inNft = nft.some((chain) => chain.name.startsWith('DOCKER'));
  const inLegacy = /^-N DOCKER/m.test(legacy);
  if (!inNft || !inLegacy) return inNft ? 'nft' : inLegacy ? 'legacy' : 'none';
  const nftText = JSON.stringify(nft);
  const legacyWords = new Set(legacy.split(/\s+/));
  const named = {
    nft: bridges.filter((bridge) => nftText.includes(`"${bridge}"`)).length,
    legacy: bridges.filter((bridge) => legacyWords.has(bridge)).length,
  };
  return named.legacy > named.nft ? 'legacy' : 'nft';
}

/** What can end a forwarded packet's way in one table: policies, and drops and rejects in chains that the forward hook leads to. */
function findDrops(chains: FirewallChain[]): FirewallFacts['forwardDrops'] {
  return listReachedChains(chains, ['forward']).flatMap((chain) => [
    ...chain.rules
      .filter(({ statements }) => !matchesInvalid(statements) && statements.flatMap(listActions).some(isDrop))
      .map(({ text }) => ({ table: chain.table, chain: chain.name, rule: text })),
    ...(chain.hook === 'forward' && chain.policy === 'drop'
      ? [{ table: chain.table, chain: chain.name, rule: 'policy drop' }]
      : []),
  ]);
}

type Statement = FirewallRule['statements'][number];

function isDrop(statement: Statement): boolean {
  return 'drop' in statement || 'reject' in statement;
}

/** Packets that conntrack calls invalid are dropped nearly everywhere, and never the cluster's. */
function matchesInvalid(statements: Statement[]): boolean {
  return statements.some(
    ({ match }) =>
      match?.left.ct?.key === 'state' &&
      match.op !== '!=' &&
      [match.right].flat().every((state) => state === 'invalid'),
  );
}

/** FORWARD of iptables-legacy beside an engine on the other backend: only its policy, and whether any rule might let a packet through. */
function readLegacyChain(table: string, text: string): FirewallChain | undefined {
  const policy = /^-P FORWARD (\S+)$/m.exec(text)?.[1];
  if (policy === undefined) return undefined;
  const rules = [...text.matchAll(/^-A FORWARD (.*)$/gm)]
    .map(([, rule = '']) => rule)
    .filter((rule) => !/-j (DROP|REJECT)\b/.test(rule));
  return {
    table: `${table} (iptables-legacy)`,
    name: 'FORWARD',
    hook: 'forward',
    policy: policy.toLowerCase(),
    rules: rules.map((text) => ({ text, statements: [{ xt: null }, { accept: null }] })),
  };
}

function findLegacyDrops(table: string, text: string): FirewallFacts['forwardDrops'] {
  const policy = /^-P FORWARD DROP$/m.test(text) ? [{ table, chain: 'FORWARD', rule: 'policy DROP' }] : [];
  const rules = [...text.matchAll(/^-A FORWARD (.*-j (?:DROP|REJECT).*)$/gm)].map((match) => ({
    table,
    chain: 'FORWARD',
    rule: match[1] ?? '',
  }));
  return [...rules, ...policy];
}
