import type { Engine } from '../engine/types.js';
import { parseIpv4Address, parseIpv6Address } from '../net/address.js';
import { cidrLength, nthAddress } from '../net/cidr.js';
import { embedIpv4 } from '../net/embed.js';
import type { IpAddress } from '../net/types.js';
import type { NodePlan } from '../plan/types.js';
import type { VerifyFinding } from '../results/verify.js';
import { readScript } from '../shell.js';
import { howTo } from '../how-to.js';

export interface RouteExpectation {
  destination: IpAddress;
  via: IpAddress;
  leadsTo: string;
}

/** Documentation addresses (RFC 5737, RFC 3849) stand for all of the world; nothing is sent. */
const anyIpv4 = parseIpv4Address('192.0.2.1');
const anyIpv6 = parseIpv6Address('2001:db8::1');

/** The next hops that a node must have. Unreachable ones are for what is gone, and no packet shows them. */
export function expectRoutes({ routes }: Pick<NodePlan, 'routes'>): RouteExpectation[] {
  return routes.flatMap(({ destination, via, leadsTo }) =>
    via === undefined ? [] : [{ destination: somewhereIn(destination), via, leadsTo }],
  );
}

/** An address that takes the route. */
function somewhereIn(destination: NodePlan['routes'][number]['destination']): IpAddress {
  if (destination === 'default') return anyIpv6;
  return cidrLength(destination) === 96
    ? embedIpv4(destination, anyIpv4)
    : nthAddress(destination, cidrLength(destination) === 128 ? 0 : 1);
}

/** What is wrong with a node itself: services, routes, rules, disk. One exec. */
export async function findNodeFaults(engine: Engine, node: NodePlan, signal: AbortSignal): Promise<VerifyFinding[]> {
  const routes = expectRoutes(node);
  const { stdout } = await engine.exec(
    node.name,
    ['bash', '-c', readScript('node-state.bash'), 'node-state', ...routes.map(({ destination }) => destination)],
    { signal },
  );
  return readNodeState(stdout, node.name, routes);
}

/** Pure: the script's output, judged. */
export function readNodeState(output: string, node: string, routes: readonly RouteExpectation[]): VerifyFinding[] {
  const lines = output.split('\n');
  const fault = (hop: string, text: string, remedy: string): VerifyFinding => ({
    hop,
    text: `${node}: ${text}`,
    severity: 'wrong',
    cells: 0,
    remedy,
  });
  const units = lines.flatMap((line) => {
    const [, unit, state] = /^unit (\S+) (.*)$/.exec(line) ?? [];
    return unit === undefined || state === 'active' || state === 'activating'
      ? []
      : [
          fault(
            'node',
            `${unit} is ${state ?? 'unknown'}`,
            `docker exec ${node} systemctl start ${unit}; its log: docker exec ${node} journalctl -u ${unit} -n 50`,
          ),
        ];
  });
  const wrong = routes.flatMap(({ destination, via, leadsTo }) => {
    const seen = lines.find((line) => line.startsWith(`route ${destination} `))?.slice(`route ${destination} `.length);
    if (seen === undefined || new RegExp(`\\bvia ${via}( |$)`).test(seen)) return [];
    const taken =
      /\bvia (\S+)/.exec(seen)?.[1] ??
      (/unreachable/i.test(seen) ? 'nowhere' : (/\bdev (\S+)/.exec(seen)?.[1] ?? 'nowhere'));
    return [
      fault(
        'node',
        `its route for ${destination} leads to ${taken} and not to ${via} (${leadsTo})`,
        `\`${howTo('up')}\` puts the nodes' routes right`,
      ),
    ];
  });
  const rules = lines.includes('egress-rules missing')
    ? [
        fault(
          'node',
          'its egress rules (nftables table ip6 dind64_egress) are gone',
          `\`${howTo('up')}\` puts them back`,
        ),
      ]
    : [];
  const [, free = '1', all = '1'] = /^disk (\d+) (\d+)$/m.exec(output) ?? [];
  const disk =
    Number(free) / Number(all) < 0.02
      ? [
          fault(
            'node',
            `its disk is full (${((100 * Number(free)) / Number(all)).toFixed(1)} % free): that is the engine's disk`,
            '`docker system df` shows what uses it, `docker system prune` frees some',
          ),
        ]
      : [];
  return [...units, ...disk, ...wrong, ...rules];
}
