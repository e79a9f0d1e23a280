import type { IpAddress } from '../net/types.js';
import { describeAttachAgain } from '../plan/attached.js';
import { explainNoAddress, explainNoConnection, explainWrongAnswer, type Finding } from './locate-hop.js';
import { judgeParts } from './judge-parts.js';
import { describeSeen } from './describe.js';
import type { FamilyStatus, Hop, JudgeInput, Path, TargetReport, TargetVerdict, Verdict } from './verdict.js';
import { howTo } from '../how-to.js';

/**
 * Judges what the cluster and the engine host saw: pure. A path passes when one target answers by it. What the engine host does not
 * reach either is no fault of the cluster; what it reaches and the cluster does not is.
 */
export function judgeEgress(input: JudgeInput): Verdict {
  const targets = input.cluster.targets.map((report, index) => judgeTarget(input, report, index));
  const paths = { nat64: judgePath(input, targets, 'nat64'), direct: judgePath(input, targets, 'direct') };
  const brokenParts = judgeParts(input, paths);
  const mismatch = explainModeMismatch(input, targets, paths);
  const failed =
    brokenParts.length > 0 || paths.nat64 === 'failed' || paths.direct === 'failed' || mismatch !== undefined;
  const passed = targets.some((target) => target.status === 'passed');
  return {
    outcome: failed ? 'failed' : targets.length === 0 ? 'off' : passed ? 'passed' : 'offline',
    paths,
    targets:
      mismatch === undefined
        ? targets
        : targets.map((target) =>
            mismatch.concerns(target) ? { ...target, hop: 'mode', explanation: mismatch.explanation } : target,
          ),
    brokenParts,
    warnings: failed ? [] : collectWarnings(input, targets, paths),
    remedy: failed
      ? (mismatch?.remedy ??
        remedyFor(input, brokenParts[0]?.hop ?? targets.find((target) => target.status === 'broken')?.hop))
      : undefined,
  };
}

function judgeTarget(input: JudgeInput, report: TargetReport, index: number): TargetVerdict {
  const [address] = report.aaaa?.addresses ?? [];
  const path = address === undefined ? undefined : input.isSynthesized(address) ? 'nat64' : 'direct';
  const connected = report.ipv6.find((one) => one.outcome === 'connected');
  const last = connected ?? report.ipv6.at(-1);
  const verdict = (status: TargetVerdict['status'], finding: Partial<Finding> = {}): TargetVerdict => ({
    target: report.target,
    address,
    path,
    status,
    port: last?.port,
    ms: connected?.ms,
    observed: describeSeen(report),
    hop: finding.hop,
    explanation: finding.explanation ?? '',
  });
  const expected = expectedPath(input, report, index);
  if (expected === undefined)
    return verdict('no-path', {
      hop: 'mode',
      explanation: 'it has IPv6 addresses only, and DIND_ALLOW_AAAA_USE=false gives no direct path',
    });
  if (path !== undefined && path !== expected) {
    // Synthesized where native was expected still reaches the site: only the path it should have shown stays unproven.
    return verdict(hostReaches(input, index, expected) ? 'broken' : 'unverified', explainWrongAnswer(input, path));
  }
  if (connected !== undefined) return verdict('passed');
  if (!hostReaches(input, index, expected))
    return verdict('unverified', { hop: 'beyond-host', explanation: 'the engine host itself does not reach it' });
  return verdict(
    'broken',
    path === undefined ? explainNoAddress(input, report) : explainNoConnection(input, report, path, index),
  );
}

/** The path that the mode gives this name; undefined: none (IPv6-only while AAAA is not used). */
function expectedPath(input: JudgeInput, report: TargetReport, index: number): Path | undefined {
  const host = input.host[index];
  const hasA = hasAddress(report.a) || hasAddress(host?.a);
  const native =
    report.aaaa?.addresses.some((address) => !input.isSynthesized(address)) === true || hasAddress(host?.aaaa);
  if (!hasA && native) return input.mode.aaaa ? 'direct' : undefined;
  return input.mode.aaaa && native && !inZones(report.target.name, input.nat64Zones) ? 'direct' : 'nat64';
}

function judgePath(input: JudgeInput, targets: readonly TargetVerdict[], path: Path): FamilyStatus {
  const own = targets.filter(
    (target, index) =>
      target.status !== 'no-path' && expectedPath(input, input.cluster.targets[index] as TargetReport, index) === path,
  );
  if (own.length === 0) return 'untried';
  if (own.some((target) => target.status === 'passed')) return 'passed';
  return own.some((target) => target.status === 'broken') ? 'failed' : 'unverified';
}

/** The host has egress of the one family, and the mode sends everything (or every dual-stack name) to the other. */
function explainModeMismatch(
  input: JudgeInput,
  targets: readonly TargetVerdict[],
  paths: Verdict['paths'],
): { explanation: string; remedy: string; concerns: (target: TargetVerdict) => boolean } | undefined {
  const reaches = (family: 'ipv4' | 'ipv6'): boolean =>
    input.host.some((report) => report[family].some((one) => one.outcome === 'connected'));
  if (!input.mode.aaaa && paths.nat64 !== 'passed' && paths.nat64 !== 'failed' && reaches('ipv6')) {
    return {
      explanation: 'the engine host reaches the targets by IPv6 only, and mode `false` sends every site to IPv4',
      remedy: `use the IPv6 that the host has: ${describeAttachAgain(input, 'DIND_ALLOW_AAAA_USE=true')} (or auto)`,
      concerns: (target) => target.status !== 'passed',
    };
  }
  const dualByIpv4 = (target: TargetVerdict): boolean =>
    target.path === 'direct' &&
    target.status === 'unverified' &&
    input.host.some(
      (report) => report.target === target.target && report.ipv4.some((one) => one.outcome === 'connected'),
    );
  if (input.mode.aaaa && paths.direct === 'unverified' && targets.some(dualByIpv4)) {
    return {
      explanation: 'the engine host reaches it by IPv4 only, and mode `true` sends dual-stack names to IPv6',
      remedy: `let dind64 see that the host has no IPv6: ${describeAttachAgain(input, 'DIND_ALLOW_AAAA_USE=auto')} (or false)`,
      concerns: dualByIpv4,
    };
  }
  return undefined;
}

function collectWarnings(input: JudgeInput, targets: readonly TargetVerdict[], paths: Verdict['paths']): string[] {
  if (targets.length === 0) return ['egress not verified: DIND_CHECK_TARGETS=none'];
  if (!targets.some((target) => target.status === 'passed'))
    return ['offline, egress not verified: the engine host itself reaches none of the targets'];
  return [
    ...(['nat64', 'direct'] as const)
      .filter((path) => paths[path] === 'unverified')
      .map(
        (path) =>
          `the path ${path === 'nat64' ? 'to IPv4 by NAT64' : 'to IPv6'} is not verified: the engine host itself reaches none of its targets`,
      ),
    ...targets
      .filter((target) => target.status === 'broken')
      .map((target) => `${target.target.name}: ${target.observed}: ${target.explanation}`),
  ];
}

function remedyFor(input: JudgeInput, hop: Hop | undefined): string | undefined {
  switch (hop) {
    case 'cluster-dns':
      return `its log: ${howTo('kubectl -n kube-system logs -l k8s-app=kube-dns')}`;
    case 'dns64':
      return `its log: docker logs ${input.dns64.name}; resolvers of your own: ${describeAttachAgain(input, 'DIND_DNS64_UPSTREAMS=192.0.2.53')}`;
    case 'nat64':
      return `its log: docker logs ${input.nat64.name}; \`${describeAttachAgain(input)}\` makes it anew where it is missing`;
    case 'node':
      return `\`${describeAttachAgain(input)}\` puts the nodes' rules and routes right`;
    case 'host-rules':
      return `\`${howTo('doctor')}\` names firewalls of the host's own that drop it, and says whether the engine's rules are gone (restart the engine then); \`${howTo('status')}\` shows whether dind64's are there`;
    default:
      return undefined;
  }
}

function hostReaches(input: JudgeInput, index: number, path: Path): boolean {
  const report = input.host[index];
  const first = path === 'nat64' ? report?.ipv4 : report?.ipv6;
  return (
    first?.some((one) => one.outcome === 'connected') === true || input.evidence[index]?.host?.outcome === 'connected'
  );
}

function hasAddress(result: { addresses: IpAddress[] } | undefined): boolean {
  return (result?.addresses.length ?? 0) > 0;
}

function inZones(name: string, zones: readonly string[]): boolean {
  return zones.some((zone) => name === zone || name.endsWith(`.${zone}`));
}
