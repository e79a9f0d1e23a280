import type { TraceAnswer } from '../results/trace.js';

export interface AnswerContext {
  aaaaUse: boolean;
  zones: readonly string[];
  isSynthesized: (address: string) => boolean;
}

/** Why DNS64's answer is what it is, from what its upstream answered: README, The two modes. Pure. */
export function explainAnswer(
  name: string,
  answers: readonly TraceAnswer[],
  { aaaaUse, zones, isSynthesized }: AnswerContext,
): string {
  const of = (to: string, type: 'A' | 'AAAA'): TraceAnswer | undefined =>
    answers.find((answer) => answer.to.startsWith(to) && answer.type === type);
  const [native, ipv4, given] = [of('upstream', 'AAAA'), of('upstream', 'A'), of('DNS64', 'AAAA')];
  const address = given?.addresses[0];
  if (given === undefined || address === undefined) {
    if (given !== undefined && !['NOERROR', 'NXDOMAIN'].includes(given.status))
      return `no address: DNS64 says ${given.status}${native !== undefined && native.status !== 'NOERROR' ? `, since its upstream says ${native.status}` : ''}`;
    return given?.status === 'NXDOMAIN'
      ? 'no address: there is no such name'
      : 'no address: the name has neither A nor AAAA';
  }
  const real = (native?.addresses ?? []).filter((one) => !/^::ffff:/i.test(one));
  if (!isSynthesized(address)) {
    if (aaaaUse) return 'native: AAAA use is on, and the name has an AAAA record';
    return (ipv4?.addresses.length ?? 0) > 0
      ? 'native, although AAAA use is off'
      : 'native: the name has AAAA records only, and with AAAA use off there is no path to it';
  }
  const from = `synthesized from ${ipv4?.addresses[0] ?? 'its A record'}`;
  const zone = zones.find((one) => name === one || name.endsWith(`.${one}`));
  if (real.length === 0)
    return `${from}: ${native !== undefined && native.status !== 'NOERROR' ? `the question for AAAA gets ${native.status}` : (native?.addresses.length ?? 0) > 0 ? 'its AAAA is an IPv4-mapped address, which counts as none' : 'the name has no AAAA record'}`;
  if (!aaaaUse) return `${from}: AAAA use is off, so its AAAA (${real[0] ?? ''}) is ignored`;
  return zone === undefined
    ? `${from}, although it has an AAAA (${real[0] ?? ''})`
    : `${from}: DIND_DNS64_NAT64_ZONES has ${zone}, so its AAAA is ignored`;
}
