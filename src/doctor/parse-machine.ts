import { findEngineRules, type EngineRules } from '../host/engine-rules.js';
import { parseNft } from '../host/parse-nft.js';
import { splitSections } from '../host/sections.js';

/** What `doctor` knows of an engine host besides HostFacts. What could not be read is `undefined` or empty. */
export interface MachineFacts {
  /** Seconds by which the engine host's clock is ahead of this machine's, as far as can be told. */
  clockAheadMs: number | undefined;
  memory: { totalBytes: number; availableBytes: number } | undefined;
  /** Where the engine keeps its data: of several file systems the one with the least space. */
  space: { freeBytes: number; totalBytes: number; freeInodes: number; totalInodes: number } | undefined;
  openFiles: { used: number; most: number; hardLimit: number } | undefined;
  cgroupVersion: '1' | '2';
  cgroupControllers: string[];
  /** BPF program types by the kernel's names for their verifiers. */
  bpf: string[];
  /** Whether interfaces that are made from now on have IPv6 (net.ipv6.conf.default.disable_ipv6). */
  newInterfacesHaveIpv6: boolean;
  /** Whether packet rules could be listed at all. */
  seesRules: boolean;
  /** What the resolvers said to A and AAAA of ipv4only.arpa. */
  resolvers: ResolverAnswer[];
  /** Chains and tables of dind64 clusters, by name. */
  ownChains: string[];
  /** Rules of iptables-legacy in FORWARD and in chains of an engine. */
  legacyRules: number;
  engineRules: EngineRules;
}

export interface ResolverAnswer {
  server: string;
  a: DnsAnswer;
  aaaa: DnsAnswer;
}
/** `rcode`: `NOERROR`, ..., or `no-answer`. */
interface DnsAnswer {
  rcode: string;
  addresses: string[];
}

/** Reads the output of shell/host-facts.bash and shell/machine-facts.bash together. `span`: this machine's clock before and after, in ms since 1970. */
export function parseMachineFacts(text: string, span: { beforeMs: number; afterMs: number }): MachineFacts {
  const sections = splitSections(text);
  const section = (name: string): string => sections.get(name) ?? '';
  const numbers = (name: string): number[] =>
    section(name)
      .split(/\s+/)
      .filter((word) => word !== '')
      .map(Number);
  const nft = parseNft(section('nft'), section('nft-text'));
  const legacy = `${section('legacy4')}\n${section('legacy6')}`;
  const [used = 0, most = 0, hardLimit = Number.NaN] = numbers('files');
  const kilobytes = (key: string): number =>
    Number(new RegExp(`^${key}: (\\d+)`, 'm').exec(section('memory'))?.[1] ?? 0) * 1024;
  return {
    clockAheadMs: aheadBy(numbers('clock')[0], span),
    memory:
      section('memory') === ''
        ? undefined
        : { totalBytes: kilobytes('MemTotal'), availableBytes: kilobytes('MemAvailable') },
    space: section('space')
      .split('\n')
      .flatMap(readSpace)
      .sort((one, other) => one.freeBytes - other.freeBytes)[0],
    openFiles: most === 0 ? undefined : { used, most, hardLimit: Number.isNaN(hardLimit) ? Infinity : hardLimit },
    cgroupVersion: section('cgroup-version') === '2' ? '2' : '1',
    cgroupControllers: section('controllers')
      .split(/\s+/)
      .filter((word) => word !== ''),
    bpf: section('bpf')
      .split('\n')
      .filter((line) => line !== ''),
    newInterfacesHaveIpv6: section('new-bridges') !== '1',
    seesRules: section('rules-seen') === 'yes',
    resolvers: parseResolvers(section('resolvers-asked')),
    ownChains: listOwnChains(nft, legacy),
    legacyRules: (legacy.match(/^-A /gm) ?? []).length,
    engineRules: findEngineRules(nft, { legacy4: section('legacy4'), legacy6: section('legacy6') }),
  };
}

/** A line of `stat -f -c '%S %b %a %c %d'`. */
function readSpace(line: string): NonNullable<MachineFacts['space']>[] {
  const [blockSize = 0, blocks = 0, freeBlocks = 0, totalInodes = 0, freeInodes = 0] = line.split(' ').map(Number);
  return blocks > 0
    ? [{ freeBytes: freeBlocks * blockSize, totalBytes: blocks * blockSize, freeInodes, totalInodes }]
    : [];
}

/** Zero where the host's time lies between ours before and after: how long the question took cannot be told from a skew. */
function aheadBy(
  seconds: number | undefined,
  { beforeMs, afterMs }: { beforeMs: number; afterMs: number },
): number | undefined {
  if (seconds === undefined) return undefined;
  const thereMs = seconds * 1000;
  return thereMs < beforeMs ? thereMs - beforeMs : thereMs > afterMs ? thereMs - afterMs : 0;
}

function parseResolvers(text: string): ResolverAnswer[] {
  const lines = text
    .split('\n')
    .map((line) => line.split(' '))
    .filter((words) => words.length >= 3);
  const servers = [...new Set(lines.map(([server = '']) => server))].sort();
  const answer = (server: string, type: string): DnsAnswer => {
    const [, , rcode = 'no-answer', ...addresses] =
      lines.find((words) => words[0] === server && words[1] === type) ?? [];
    return { rcode, addresses };
  };
  return servers.map((server) => ({ server, a: answer(server, 'A'), aaaa: answer(server, 'AAAA') }));
}

/** With iptables chains have a cluster's name, with nftables a table has. */
function listOwnChains({ tables, chains }: ReturnType<typeof parseNft>, legacy: string): string[] {
  const names = [...tables.map((table) => table.replace(/^\S+ /, '')), ...chains.map(({ name }) => name)];
  const own = names.filter((name) => /^DIND64-[A-Z]+-[\w-]+$/.test(name));
  return [...new Set([...own, ...(legacy.match(/\bDIND64-[A-Z]+-[\w-]+/g) ?? [])])];
}
