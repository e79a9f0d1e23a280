interface Table {
  name: string;
  policies: Map<string, string>;
  rules: string[];
}

/**
 * What takes an engine's rules away again, as input for `iptables-restore --noflush`; empty when there is nothing to do.
 * `before` and `now` are outputs of iptables-save. Removed is what is new since `before` and the engine's by its looks: chains
 * named DOCKER..., jumps to them, rules that name one of `bridges`. The FORWARD policy goes back when it has become DROP.
 */
export function renderEngineRuleRemoval(before: string, now: string, bridges: readonly string[]): string {
  const former = new Map(parseTables(before).map((table) => [table.name, table]));
  return parseTables(now)
    .map((table) => renderTable(former.get(table.name), table, bridges))
    .join('');
}

/** The bridges that the engine's own chains name: they outlive it, and its list of networks is not there to be asked after a crash. */
export function findEngineBridges(save: string): string[] {
  const rules = parseTables(save)
    .flatMap((table) => table.rules)
    .filter((rule) => /^-A DOCKER/.test(rule) && chainOf(rule) !== 'DOCKER-USER');
  return [...new Set(rules.flatMap((rule) => [...rule.matchAll(/ -[io] (\S+)/g)].map((match) => match[1] ?? '')))];
}

function renderTable(former: Table | undefined, table: Table, bridges: readonly string[]): string {
  const known = new Set(former?.rules);
  const chains = [...table.policies.keys()].filter(
    (chain) => chain.startsWith('DOCKER') && former?.policies.has(chain) !== true,
  );
  const isChain = new Set(chains);
  const rules = table.rules.filter(
    (rule) => !known.has(rule) && !isChain.has(chainOf(rule)) && isEngineRule(rule, isChain, bridges),
  );
  const wasForward = former?.policies.get('FORWARD') ?? 'ACCEPT';
  const policy =
    table.name === 'filter' && table.policies.get('FORWARD') === 'DROP' && wasForward === 'ACCEPT'
      ? [':FORWARD ACCEPT [0:0]']
      : [];
  const lines = [
    ...policy,
    ...rules.map((rule) => rule.replace(/^-A/, '-D')),
    ...chains.map((chain) => `-F ${chain}`),
    ...chains.map((chain) => `-X ${chain}`),
  ];
  return lines.length === 0 ? '' : [`*${table.name}`, ...lines, 'COMMIT', ''].join('\n');
}

function isEngineRule(rule: string, chains: ReadonlySet<string>, bridges: readonly string[]): boolean {
  const words = rule.split(' ');
  const follows = (options: string[], test: (value: string) => boolean): boolean =>
    words.some((word, index) => options.includes(word) && test(words[index + 1] ?? ''));
  return (
    follows(['-j', '-g'], (target) => chains.has(target)) || follows(['-i', '-o'], (link) => bridges.includes(link))
  );
}

function chainOf(rule: string): string {
  return rule.split(' ')[1] ?? '';
}

function parseTables(save: string): Table[] {
  const tables: Table[] = [];
  for (const line of save.split('\n')) {
    const table = tables.at(-1);
    if (line.startsWith('*')) tables.push({ name: line.slice(1), policies: new Map(), rules: [] });
    else if (line.startsWith(':') && table !== undefined) {
      const [chain = '', policy = '-'] = line.slice(1).split(' ');
      table.policies.set(chain, policy);
    } else if (line.startsWith('-A') && table !== undefined) table.rules.push(line);
  }
  return tables;
}
