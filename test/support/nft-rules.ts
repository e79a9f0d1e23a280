import { readFileSync } from 'node:fs';
import type { FirewallRule } from '../../src/plan/types.js';

interface ListedRule {
  text: string;
  statements: FirewallRule['statements'];
}

/** Rules in both forms that nft prints, as it printed them (test/integration/host/recorded-rules.test.ts holds them to it): of nftables by their text, of ip6tables-nft by their arguments. */
export const recordedRules = JSON.parse(
  readFileSync(new URL('../unit/host/recorded/rules.json', import.meta.url), 'utf8'),
) as { nft: Record<string, FirewallRule['statements']>; iptables: Record<string, ListedRule> };

/** Base chains have a policy and are on the forward hook. */
export interface ChainRows {
  policy?: string;
  rules: string[];
}

/** What `nft -j -t list ruleset` and `nft -a -t list ruleset` print of these tables, whose rules are recorded ones. */
export function listRuleset(tables: Record<string, Record<string, ChainRows>>): { nft: string; nftText: string } {
  const objects: unknown[] = [{ metainfo: { json_schema_version: 1 } }];
  const lines: string[] = [];
  let handle = 0;
  for (const [title, chains] of Object.entries(tables)) {
    const [family, table] = title.split(' ');
    objects.push({ table: { family, name: table, handle: ++handle } });
    lines.push(`table ${title} { # handle ${handle}`);
    for (const [name, { policy, rules }] of Object.entries(chains)) {
      const base = policy === undefined ? {} : { type: 'filter', hook: 'forward', prio: 0, policy };
      objects.push({ chain: { family, table, name, handle: ++handle, ...base } });
      lines.push(`\tchain ${name} { # handle ${handle}`);
      if (policy !== undefined) lines.push(`\t\ttype filter hook forward priority filter; policy ${policy};`);
      for (const { text, statements } of rules.map(findRule)) {
        objects.push({ rule: { family, table, chain: name, handle: ++handle, expr: statements } });
        lines.push(`\t\t${text} # handle ${handle}`);
      }
      lines.push('\t}');
    }
    lines.push('}');
  }
  return { nft: JSON.stringify({ nftables: objects }), nftText: lines.join('\n') };
}

/** The same as sections of the facts scripts' output. */
export function renderRulesetSections(tables: Parameters<typeof listRuleset>[0]): string {
  const { nft, nftText } = listRuleset(tables);
  return `@@ nft\n${nft}\n@@ nft-text\n${nftText}\n`;
}

function findRule(rule: string): ListedRule {
  const statements = recordedRules.nft[rule];
  const found = statements === undefined ? recordedRules.iptables[rule] : { text: rule, statements };
  if (found === undefined) throw new Error(`${rule}: recorded/rules.json does not have it`);
  return found;
}
