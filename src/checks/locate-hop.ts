import { describeDns, describeOutcome } from './describe.js';
import type { Hop, JudgeInput, Path, TargetReport } from './verdict.js';

export interface Finding {
  hop: Hop;
  explanation: string;
}

/** The name gave no address although the engine host reaches it. */
export function explainNoAddress(input: JudgeInput, report: TargetReport): Finding {
  const { parts } = input.cluster;
  if (input.vantage === 'pod' && (parts.clusterDns?.addresses.length ?? 0) === 0) {
    return {
      hop: 'cluster-dns',
      explanation: `cluster DNS does not answer for its own names either: ${describeDns(parts.clusterDns)}`,
    };
  }
  if ((report.aaaaDirect?.addresses.length ?? 0) > 0) {
    return {
      hop: 'cluster-dns',
      explanation: 'DNS64 answers when it is asked directly, so cluster DNS does not forward to it',
    };
  }
  if ((parts.dns64?.addresses.length ?? 0) > 0) {
    return {
      hop: 'dns64',
      explanation: `DNS64 works for its own data, so its upstream resolvers fail: ${describeDns(report.aaaaDirect ?? report.aaaa)}`,
    };
  }
  if ((input.nodeDns64?.addresses.length ?? 0) > 0) {
    return {
      hop: 'node',
      explanation: `DNS64 (${input.dns64.address}) answers the node, but not the pod: the node's masquerade`,
    };
  }
  return {
    hop: 'dns64',
    explanation: `DNS64 (${input.dns64.address}) does not answer: ${describeDns(parts.dns64)}${named(input)}`,
  };
}

/** The answer is of the wrong kind for the mode. */
export function explainWrongAnswer(input: JudgeInput, path: Path): Finding {
  const kind =
    path === 'direct'
      ? 'a native address although AAAA is not used'
      : 'a synthesized address although the name has an AAAA';
  return {
    hop: 'dns64',
    explanation: `DNS64 (${input.dns64.address}) gives ${kind} (mode \`${String(input.mode.aaaa)}\`)`,
  };
}

/** There is an address, the engine host reaches the site, and the cluster does not. */
export function explainNoConnection(input: JudgeInput, report: TargetReport, path: Path, index: number): Finding {
  return path === 'nat64' ? explainNat64(input, report, index) : explainDirect(input, report, index);
}

function explainNat64(input: JudgeInput, report: TargetReport, index: number): Finding {
  const { node, nat64 } = input.evidence[index] ?? {};
  if (report.ipv6.at(-1)?.outcome === 'prohibited') {
    return {
      hop: 'nat64',
      explanation: "NAT64 refuses this IPv4 address: DIND_NAT64_DENY, or a network of the engine's own",
    };
  }
  if (node?.outcome === 'connected' && input.vantage === 'pod')
    return { hop: 'node', explanation: "the node itself reaches it by NAT64, its pods do not: the node's masquerade" };
  if (!['prohibited', 'refused'].includes(input.cluster.parts.nat64?.outcome ?? '')) {
    return {
      hop: 'nat64',
      explanation: `NAT64 (${input.nat64.address}) does not answer at all: ${describeMissing(input.cluster.parts.nat64?.outcome)}${named(input)}`,
    };
  }
  if (nat64?.outcome === 'connected')
    return {
      hop: 'nat64',
      explanation: 'the NAT64 container itself reaches the IPv4 address, but does not translate to it',
    };
  if (nat64 !== undefined) {
    return {
      hop: 'host-rules',
      explanation: `the NAT64 container does not get out by IPv4 (${describeOutcome(nat64.outcome)}), the engine host does: its rules for the egress network${named(input)}`,
    };
  }
  return { hop: 'nat64', explanation: `NAT64 (${input.nat64.address}) answers, but nothing comes back from behind it` };
}

function explainDirect(input: JudgeInput, report: TargetReport, index: number): Finding {
  const { node } = input.evidence[index] ?? {};
  if (node?.outcome === 'connected' && input.vantage === 'pod')
    return { hop: 'node', explanation: "the node itself reaches it, its pods do not: the node's masquerade" };
  const outcome = report.ipv6.at(-1)?.outcome;
  if (outcome === 'no-route')
    return {
      hop: 'host-rules',
      explanation:
        'there is no route from the cluster: a rule of mode `false` is left on the node, or the engine host has lost its IPv6 default route',
    };
  if (outcome === 'prohibited')
    return {
      hop: 'host-rules',
      explanation: `a firewall on the engine host rejects what the cluster sends${named(input)}`,
    };
  return {
    hop: 'host-rules',
    explanation: `the engine host reaches it, but does not forward or translate what the cluster sends (FORWARD, SNAT)${named(input)}`,
  };
}

function describeMissing(outcome: NonNullable<JudgeInput['cluster']['parts']['nat64']>['outcome'] | undefined): string {
  return outcome === undefined ? 'no result in time' : describeOutcome(outcome);
}

/** They drop what passes among containers of one network, too, where the kernel shows it to them (bridge-nf-call-ip6tables). */
function named(input: JudgeInput): string {
  return input.foreignFirewalls.length === 0
    ? ''
    : `; firewalls of the engine host that drop forwarded packets: ${input.foreignFirewalls.join(', ')}`;
}
