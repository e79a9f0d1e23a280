import type { FirewallChain, FirewallRule } from '../plan/types.js';

/** What is read of the objects that `nft -j list ruleset` lists (libnftables-json(5)). */
interface ListedObject {
  table?: { family: string; name: string };
  chain?: { family: string; table: string; name: string; hook?: string; policy?: string };
  rule?: { family: string; table: string; chain: string; handle: number; expr: FirewallRule['statements'] };
}

/**
 * Tables (`inet firewalld`) and chains of a rule set. `json`: `nft -j -t list ruleset`; `text`: `nft -a -t list ruleset`, which gives each rule
 * the form that people read and is joined to the first by handles. Both are empty where there is no nft.
 */
export function parseNft(json: string, text: string): { tables: string[]; chains: FirewallChain[] } {
  const listed = json.trim() === '' ? [] : (JSON.parse(json) as { nftables: ListedObject[] }).nftables;
  const texts = parseRuleTexts(text);
  const rules = listed.flatMap(({ rule }) => rule ?? []);
  return {
    tables: listed.flatMap(({ table }) => (table === undefined ? [] : [`${table.family} ${table.name}`])),
    chains: listed.flatMap(({ chain }) => {
      if (chain === undefined) return [];
      const { family, table, name, hook, policy } = chain;
      return [
        {
          table: `${family} ${table}`,
          name,
          hook,
          policy: hook === undefined ? undefined : (policy ?? 'accept'),
          rules: rules
            .filter((rule) => rule.family === family && rule.table === table && rule.chain === name)
            .map(({ handle, expr }) => {
              const ruleText = texts.get(`${family} ${table} ${handle}`) ?? JSON.stringify(expr);
              return { text: ruleText, statements: expr.flatMap((statement) => translateXt(statement, ruleText)) };
            }),
        },
      ];
    }),
  };
}

/** `<table> <handle>` -> rule. */
function parseRuleTexts(text: string): Map<string, string> {
  const texts = new Map<string, string>();
  let table = '';
  for (const line of text.split('\n')) {
    table = /^table (\S+ \S+) \{/.exec(line)?.[1] ?? table;
    const [, rule, handle] = /^\t\t(.*) # handle (\d+)$/.exec(line) ?? [];
    if (rule !== undefined && handle !== undefined) texts.set(`${table} ${handle}`, rule);
  }
  return texts;
}

/**
 * iptables-nft keeps what has no form in nftables as an extension of iptables (`xt`). JSON has only its name, the text its translation:
 * the states of connection tracking are read from there, and the other extensions match perhaps.
 */
function translateXt(statement: FirewallRule['statements'][number], text: string): FirewallRule['statements'] {
  const { type, name } = statement.xt ?? {};
  if (type === 'match' && name === 'comment') return [];
  if (type === 'target' && name === 'REJECT') return [{ reject: null }];
  if (type === 'target' && name === 'NFQUEUE') return [{ queue: null }];
  if (type === 'match' && (name === 'conntrack' || name === 'state')) {
    const [found, ...more] = text.matchAll(/\bct (\w+)(?: ([a-z,]+)(?= ))?/g);
    const [, key = '', values] = found ?? [];
    if (more.length === 0 && values !== undefined)
      return [{ match: { op: 'in', left: { ct: { key } }, right: values.split(',') } }];
  }
  return [statement];
}
