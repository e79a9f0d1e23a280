import type { ContainerState, Engine } from '../../engine/types.js';
import { labels } from '../../labels.js';
import type { Source } from '../source.js';
import { say } from './nodes.js';

const state = 'dind64-health; echo; cat /etc/resolv.conf; ip -s address; ip route; ip -6 route; ip neighbour';
/** DNS64 has its configuration and statistics, NAT64 its tables and counters, the forwarder its configuration. */
const details: Readonly<Record<string, { about: string; script: string }>> = {
  dns64: {
    about: 'configuration and statistics of unbound',
    script: 'for file in /etc/dind64/*; do echo "== $file"; cat "$file"; done; unbound-control stats_noreset',
  },
  nat64: {
    about: 'configuration, tables and counters of the translation',
    script:
      'for file in /etc/dind64/*; do echo "== $file"; cat "$file"; done; nft list ruleset; conntrack -L; cat /proc/net/snmp6 /proc/net/snmp',
  },
  api: {
    about: 'configuration of the forwarder',
    script: 'for file in /etc/dind64/*; do echo "== $file"; cat "$file"; done; ss -tnp',
  },
};

export function listHelperSources(engine: Engine, helpers: readonly ContainerState[]): Source[] {
  return helpers.flatMap((helper) => {
    const detail = details[helper.labels[labels.role] ?? ''];
    return [
      { path: `helpers/${helper.name}/container.log`, about: 'its log', read: () => engine.logs(helper.name, 5000) },
      ...(helper.status === 'running' && detail !== undefined
        ? [
            {
              path: `helpers/${helper.name}/state.txt`,
              about: 'its health, resolver, addresses and routes',
              read: (signal: AbortSignal) => say(engine, helper.name, state, signal),
            },
            {
              path: `helpers/${helper.name}/details.txt`,
              about: detail.about,
              read: (signal: AbortSignal) => say(engine, helper.name, detail.script, signal),
            },
          ]
        : []),
    ];
  });
}
