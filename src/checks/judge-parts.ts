import type { JudgeInput, Verdict } from './verdict.js';
import { describeDns, describeOutcome } from './describe.js';

/** Cluster DNS, DNS64 and NAT64 by what they can do without any egress. */
export function judgeParts(input: JudgeInput, paths: Verdict['paths']): Verdict['brokenParts'] {
  const { parts } = input.cluster;
  const broken: Verdict['brokenParts'] = [];
  if (input.vantage === 'pod' && (parts.clusterDns?.addresses.length ?? 0) === 0) {
    broken.push({
      hop: 'cluster-dns',
      explanation: `cluster DNS (${input.clusterDns}) does not resolve kubernetes.default: ${describeDns(parts.clusterDns)}`,
    });
  }
  const synthesized = parts.dns64?.addresses ?? [];
  if (synthesized.length === 0) {
    const fromNode = (input.nodeDns64?.addresses.length ?? 0) > 0;
    broken.push({
      hop: fromNode ? 'node' : 'dns64',
      explanation: `DNS64 (${input.dns64.address}) does not answer for ipv4only.arpa${fromNode ? ' to a pod, but to its node it does' : ''}: ${describeDns(parts.dns64)}`,
    });
  } else if (!synthesized.every(input.isSynthesized)) {
    broken.push({
      hop: 'dns64',
      explanation: `DNS64 answers ipv4only.arpa with ${synthesized.join(', ')}, which is not in the NAT64 prefix`,
    });
  }
  // Its filter must say no to loopback. Silence or `no route` means that packets do not get there; a path that works outweighs it.
  if (paths.nat64 !== 'passed' && !['prohibited', 'refused'].includes(parts.nat64?.outcome ?? '')) {
    broken.push({
      hop: 'nat64',
      explanation: `NAT64 (${input.nat64.address}) does not answer: ${parts.nat64 === undefined ? 'no result in time' : describeOutcome(parts.nat64.outcome)}`,
    });
  }
  return broken;
}
