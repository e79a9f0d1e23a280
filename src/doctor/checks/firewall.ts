import { describeDrop } from '../../host/firewalls.js';
import { judgeFirewalls } from '../../host/judge-firewalls.js';
import { checkOf, failure, ok, unknown, warning } from '../check.js';
import { usesAaaa } from '../mode.js';
import { howTo } from '../../how-to.js';

const blind = "packet rules can only be listed by root, or through an engine with dind64's base image";

export const firewall = checkOf(
  {
    id: 'firewall',
    title: 'firewalls',
    looked: 'tables of others on the forward hook (nftables, ufw, firewalld, iptables of the other backend)',
  },
  ['engine', 'host', 'machine'],
  ({ engine, host, machine }, facts) => {
    if (!machine.seesRules) return unknown(blind);
    const { sure, possible } = judgeFirewalls(host, engine.info, facts.settings.clusterName, {
      aaaa: usesAaaa(facts, host),
    });
    const [first] = sure;
    if (first !== undefined) {
      return failure(
        sure.map(({ drop, end }) => `${describeDrop(drop)} ${end}`).join('; '),
        `sudo ${first.remedy.replace(/&& (?=nft|firewall-cmd)/g, '&& sudo ')}`,
      );
    }
    const { forwardPolicy } = host;
    if (possible.length > 0)
      return warning(
        `may drop what the cluster sends: ${possible.map(({ text }) => text).join('; ')}`,
        `${howTo('verify')}     # on a running cluster, tells whether it does`,
      );
    return ok(
      `none drops the cluster's packets; policy of FORWARD: IPv4 ${forwardPolicy.ipv4 ?? 'none'}, IPv6 ${forwardPolicy.ipv6 ?? 'none'}`,
    );
  },
);

export const rulesBackend = checkOf(
  {
    id: 'iptables',
    title: 'iptables backend',
    looked: "in which packet filter the engine's rules are, and rules in iptables-legacy beside them",
  },
  ['host', 'machine'],
  ({ host: { rulesBackend: backend }, machine }) => {
    if (!machine.seesRules) return unknown(blind);
    if (backend !== 'legacy' && machine.legacyRules > 0) {
      return warning(
        `the engine's rules are in nftables, and iptables-legacy has ${machine.legacyRules} ${machine.legacyRules === 1 ? 'rule' : 'rules'} as well: both are in force, and a drop in either is final`,
        'sudo iptables-legacy -S; sudo ip6tables-legacy -S     # whose are they? What is left from before a change of backend: sudo iptables-legacy -F; sudo ip6tables-legacy -F',
      );
    }
    return ok(
      backend === 'none'
        ? 'no rules of an engine in iptables'
        : `the engine's rules are in iptables-${backend}, and in no other`,
    );
  },
);
