import { checkOf, failure, ok, unknown, warning } from '../check.js';
import type { ResolverAnswer } from '../parse-machine.js';
import { usesAaaa } from '../mode.js';
import { howTo } from '../../how-to.js';

export const upstreams = checkOf(
  {
    id: 'dns',
    title: 'DNS upstreams',
    looked:
      "the resolvers that DNS64 asks (DIND_DNS64_UPSTREAMS, else the engine host's), each asked for ipv4only.arpa",
  },
  ['host', 'machine'],
  ({ host, machine: { resolvers } }, { settings }) => {
    const remedy = `${howTo('up', 'DIND_DNS64_UPSTREAMS=192.0.2.53')}     # a resolver that answers; or mend /etc/resolv.conf (resolvectl status)`;
    if (resolvers.length === 0)
      return settings.dns64Upstreams.length === 0 && host.resolvers.length === 0
        ? failure('/etc/resolv.conf of the engine host names no resolver', remedy)
        : unknown('the resolvers could not be asked');
    const silent = resolvers.filter((resolver) => !answers(resolver));
    const seen = silent
      .map(({ server, a }) => `${server}: ${a.rcode === 'no-answer' ? 'no answer' : a.rcode}`)
      .join(', ');
    if (silent.length === 0)
      return ok(`${resolvers.map(({ server }) => server).join(', ')} ${resolvers.length === 1 ? 'answers' : 'answer'}`);
    return silent.length === resolvers.length
      ? failure(`none answers (${seen})`, remedy)
      : warning(`not all answer (${seen}): each name may take seconds`, remedy);
  },
);

export const dns64 = checkOf(
  {
    id: 'dns64-upstream',
    title: 'DNS64 upstream',
    looked: 'AAAA of ipv4only.arpa (RFC 7050), which only a DNS64 answers',
  },
  ['host', 'machine'],
  ({ host, machine: { resolvers } }, facts) => {
    const found = resolvers.filter(({ aaaa }) => aaaa.addresses.length > 0);
    if (!resolvers.some(answers)) return unknown('no resolver answers');
    if (found.length === 0) return ok('none of the resolvers does DNS64 itself');
    const seen = found.map(({ server, aaaa }) => `${server} does DNS64 itself (${aaaa.addresses[0] ?? ''})`).join('; ');
    if (!usesAaaa(facts, host)) return ok(`${seen}: without AAAA use its answers are not looked at`);
    return warning(
      `${seen}: IPv4-only sites will be reached by this network's NAT64 and not by the cluster's`,
      `${howTo('up', 'DIND_DNS64_UPSTREAMS=192.0.2.53')}     # a resolver without DNS64, or leave it so`,
    );
  },
);

/** A name that is not known there is an answer too. */
function answers({ a }: ResolverAnswer): boolean {
  return ['NOERROR', 'NXDOMAIN'].includes(a.rcode);
}
