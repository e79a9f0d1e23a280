import type { FirewallChain, FirewallRule } from '../plan/types.js';

/** Where an engine keeps its own rules; DOCKER-USER is the administrator's. */
export const enginesChain = /^DOCKER(-(?!USER$).*)?$/;

/**
 * What packets pass in the table that the engine has its own rules in, before those: an administrator's rules in DOCKER-USER, or ahead of it. What is dropped there
 * stays dropped, since dind64 accepts nothing. The policy is the engine's matter. `chains`: of `ip filter` or `ip6 filter`.
 */
export function listChainsAheadOfEngine(chains: readonly FirewallChain[]): FirewallChain[] {
  return chains
    .filter(({ name }) => !enginesChain.test(name))
    .map((chain) => ({
      ...chain,
      table: `${chain.table} (ahead of Docker's rules)`,
      ...(chain.hook === 'forward' ? { policy: 'accept', rules: cutAtEngine(chain.rules) } : {}),
    }));
}

function cutAtEngine(rules: FirewallRule[]): FirewallRule[] {
  const end = rules.findIndex(({ statements }) =>
    statements.some(({ jump, goto }) => enginesChain.test((jump ?? goto)?.target ?? '')),
  );
  return end < 0 ? rules : rules.slice(0, end);
}

/** Chains of `iptables-legacy -S` of a table, with what of their rules concerns all packets of an interface; other conditions match perhaps. */
export function parseLegacyChains(table: string, text: string): FirewallChain[] {
  return [...text.matchAll(/^-[PN] (\S+)(?: (\S+))?$/gm)].map(([, name = '', policy]) => ({
    table,
    name,
    hook: ['FORWARD', 'PREROUTING', 'POSTROUTING'].includes(name) ? name.toLowerCase() : undefined,
    policy: policy?.toLowerCase(),
    rules: [...text.matchAll(/^-A (\S+) (.*)$/gm)]
      .filter(([, chain]) => chain === name)
      .map(([, , rule = '']) => ({ text: rule, statements: parseLegacyRule(rule) })),
  }));
}

const verdicts = ['ACCEPT', 'DROP', 'REJECT', 'RETURN'];

function parseLegacyRule(rule: string): FirewallRule['statements'] {
  const interfaces = [...rule.matchAll(/(! )?-([io]) (\S+)/g)].map(([, not, side = '', name = '']) => ({
    match: {
      op: not === undefined ? '==' : '!=',
      left: { meta: { key: `${side}ifname` } },
      right: name.replace(/\+$/, '*'),
    },
  }));
  const [, target = ''] = /-[jg] (\S+)/.exec(rule) ?? [];
  const others = rule.replaceAll(/(! )?-[io] \S+|-[jg] \S+.*$/g, '').trim();
  return [
    ...interfaces,
    ...(others === '' ? [] : [{ xt: null }]),
    verdicts.includes(target) ? { [target.toLowerCase()]: null } : { jump: { target } },
  ];
}
