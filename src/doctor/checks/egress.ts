import { describeOutcome } from '../../checks/describe.js';
import { judgeIpv6Egress } from '../../checks/host-egress.js';
import type { TargetReport } from '../../checks/verdict.js';
import { hasIpv6DefaultRoute } from '../../host/changes.js';
import { checkOf, failure, ok, warning } from '../check.js';
import { usesAaaa } from '../mode.js';
import { howTo } from '../../how-to.js';

const notTried = 'not tried: DIND_CHECK_TARGETS=none';

export const ipv6Egress = checkOf(
  {
    id: 'ipv6-egress',
    title: 'IPv6 egress',
    looked: "TCP connections of the engine host to the check's targets, over IPv6",
  },
  ['host', 'egress'],
  ({ host, egress }, facts) => {
    if (egress.length === 0) return ok(notTried);
    const { ok: reached, reason } = judgeIpv6Egress(egress);
    if (reached) return ok(reason);
    if (!hasIpv6DefaultRoute(host)) return ok('none, without an IPv6 default route');
    const remedy =
      "ping -6 -c 3 $(ip -6 route show default | sed -n 's/.* via \\([^ ]*\\).* dev \\([^ ]*\\).*/\\1%\\2/p' | head -n 1)     # does the router answer? With DIND_ALLOW_AAAA_USE=false nothing needs IPv6";
    return usesAaaa(facts, host) && facts.settings.allowAaaaUse !== 'auto'
      ? failure(reason, remedy)
      : warning(reason, remedy);
  },
);

export const ipv4Egress = checkOf(
  {
    id: 'ipv4-egress',
    title: 'IPv4 egress',
    looked: "TCP connections of the engine host to the check's targets, over IPv4",
  },
  ['host', 'egress'],
  ({ host, egress }) => {
    if (egress.length === 0) return ok(notTried);
    const tries = egress.flatMap(({ target, ipv4 }) => ipv4.map((one) => ({ ...one, name: target.name })));
    const reached = tries.find(({ outcome }) => outcome === 'connected');
    if (reached !== undefined)
      return ok(`the engine host reached ${reached.name} at ${reached.address}:${reached.port}`);
    if (!host.routes.some((route) => route.family === 4 && route.destination === 'default')) {
      return warning(
        'the engine host has no IPv4 default route: NAT64 reaches nothing, so only IPv6 sites can be',
        howTo('up', 'DIND_ALLOW_AAAA_USE=true'),
      );
    }
    return failure(
      describeTries(egress, tries),
      'ip route show default && curl -4 -v https://github.com     # is it this network, or a firewall? DIND_CHECK_TARGETS names sites that are reachable here',
    );
  },
);

function describeTries(
  egress: readonly TargetReport[],
  tries: readonly { name: string; address: string; port: number; outcome: Parameters<typeof describeOutcome>[0] }[],
): string {
  if (tries.length === 0)
    return `the engine host found no IPv4 address of ${egress.map(({ target }) => target.name).join(', ')}`;
  return `the engine host reached none of ${tries
    .slice(0, 3)
    .map(({ name, address, port, outcome }) => `${name} (${address}:${port}: ${describeOutcome(outcome)})`)
    .join(', ')}`;
}
