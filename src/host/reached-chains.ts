import type { FirewallChain, FirewallRule } from '../plan/types.js';

type Statement = FirewallRule['statements'][number];

/** The base chains of one table on these hooks, and the chains that their rules lead to. */
export function listReachedChains(chains: readonly FirewallChain[], hooks: readonly string[]): FirewallChain[] {
  const reached = new Set(chains.filter(({ hook }) => hooks.includes(hook ?? '')).map((chain) => chain.name));
  for (const name of reached) {
    const actions = chains
      .find((chain) => chain.name === name)
      ?.rules.flatMap(({ statements }) => statements.flatMap(listActions));
    for (const { target } of (actions ?? []).flatMap(({ jump, goto }) => jump ?? goto ?? [])) reached.add(target);
  }
  return chains.filter((chain) => reached.has(chain.name));
}

/** A statement, or what a verdict map may come to. */
export function listActions(statement: Statement): Statement[] {
  const { vmap } = statement;
  if (vmap === undefined) return [statement];
  const entries = typeof vmap.data === 'object' ? (vmap.data.set ?? []) : [];
  return entries
    .filter(([key]) => !(vmap.key.ct?.key === 'state' && key === 'invalid'))
    .map(([, verdict]) => verdict as Statement);
}
