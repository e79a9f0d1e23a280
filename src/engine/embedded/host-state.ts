import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runInRoot, type EngineRoot } from './root.js';
import { renderEngineRuleRemoval } from './rules.js';

/** What an engine changes on the machine whose network namespace it uses. */
export interface HostState {
  bootId: string;
  /** iptables-save and ip6tables-save. */
  iptables: string;
  ip6tables: string;
  /** `ip filter` style names of nftables tables. */
  nftTables: string[];
  /** path below /proc/sys -> value */
  sysctls: Record<string, string>;
  links: string[];
}

/** Writes `<stateDir>/host-before.json`, unless it is there from an engine that was not stopped properly since the last boot. */
export async function recordHostState(root: EngineRoot, stateDir: string): Promise<void> {
  const bootId = await readBootId();
  if ((await readRecord(stateDir))?.bootId === bootId) return;
  await writeFile(join(stateDir, recordName), JSON.stringify(await readHostState(root, bootId)));
}

/** Takes back what the engine left since the record, and only that: rules that others made meanwhile stay. Then the record is removed. */
export async function restoreHostState(root: EngineRoot, stateDir: string, bridges: readonly string[]): Promise<void> {
  const before = await readRecord(stateDir);
  if (before === undefined) return;
  const bootId = await readBootId();
  if (before.bootId === bootId) {
    const now = await readHostState(root, bootId);
    const left = now.links.filter((link) => !before.links.includes(link) && (bridges.includes(link) || /^(docker0|br-[0-9a-f]{12})$/.test(link)));
    const script = [
      ...left.map((link) => `ip link delete ${link}`),
      ...restoreCommand('iptables', renderEngineRuleRemoval(before.iptables, now.iptables, left)),
      ...restoreCommand('ip6tables', renderEngineRuleRemoval(before.ip6tables, now.ip6tables, left)),
      ...sysctlCommands(before.sysctls, now.sysctls),
    ];
    await runInRoot(root, 'taking back what the embedded engine left', script.join('\n'));
    await removeEmptyTables(root, before, bootId);
  }
  await rm(join(stateDir, recordName), { force: true });
}

const recordName = 'host-before.json';

const readScript = `
iptables-save; echo @@; ip6tables-save; echo @@
nft list tables 2>/dev/null || true; echo @@
ip -o link show; echo @@
cd /proc/sys
grep -s '' net/ipv4/ip_forward net/ipv6/conf/all/forwarding net/ipv[46]/conf/*/forwarding net/ipv4/conf/*/accept_redirects net/bridge/bridge-nf-call-ip*tables || true
`;

async function readHostState(root: EngineRoot, bootId: string): Promise<HostState> {
  const output = await runInRoot(root, 'reading the machine\'s rules and sysctls', readScript);
  const [iptables = '', ip6tables = '', tables = '', links = '', sysctls = ''] = output.split('@@\n');
  return {
    bootId, iptables, ip6tables,
    nftTables: tables.split('\n').flatMap((line) => /^table (\S+ \S+)/.exec(line)?.[1] ?? []),
    links: links.split('\n').flatMap((line) => /^\d+: ([^:@]+)/.exec(line)?.[1] ?? []),
    sysctls: Object.fromEntries(sysctls.trim().split('\n').filter((line) => line !== '').map((line) => [line.slice(0, line.lastIndexOf(':')), line.slice(line.lastIndexOf(':') + 1)])),
  };
}

/** The values for all interfaces come first in the record, and each interface's own after them, since writing the former sets the latter. */
function sysctlCommands(before: Record<string, string>, now: Record<string, string>): string[] {
  const changed = Object.keys(before).some((path) => now[path] !== undefined && now[path] !== before[path]);
  if (!changed) return [];
  const overall = /^net\/ipv(4\/ip_forward|6\/conf\/all\/forwarding)$/;
  return Object.entries(before)
    .filter(([path, value]) => (overall.test(path) ? now[path] !== value : path in now))
    .map(([path, value]) => `[ ! -e /proc/sys/${path} ] || [ "$(cat /proc/sys/${path})" = ${value} ] || echo ${value} > /proc/sys/${path}`);
}

function restoreCommand(command: string, text: string): string[] {
  return text === '' ? [] : [`${command}-restore --noflush <<'END-OF-RULES'\n${text}END-OF-RULES`];
}

/** iptables-nft makes its tables at first use; those that were not there before and hold nothing any more go. */
async function removeEmptyTables(root: EngineRoot, before: HostState, bootId: string): Promise<void> {
  const now = await readHostState(root, bootId);
  const candidates = now.nftTables.filter((table) => /^ip6? (filter|nat|raw|mangle|security)$/.test(table) && !before.nftTables.includes(table));
  const script = candidates.filter((table) => isEmptyTable(table, now)).map((table) => `nft delete table ${table}`);
  if (script.length > 0) await runInRoot(root, 'removing empty tables that the embedded engine left', script.join('\n'));
}

function isEmptyTable(table: string, { iptables, ip6tables }: HostState): boolean {
  const [family, name] = table.split(' ') as [string, string];
  const lines = (family === 'ip6' ? ip6tables : iptables).split('\n');
  const start = lines.indexOf(`*${name}`);
  const section = start < 0 ? [] : lines.slice(start, lines.indexOf('COMMIT', start));
  return !section.some((line) => line.startsWith('-A') || /^:\S+ (-|DROP)/.test(line));
}

async function readRecord(stateDir: string): Promise<HostState | undefined> {
  return readFile(join(stateDir, recordName), 'utf8').then((text) => JSON.parse(text) as HostState, () => undefined);
}

async function readBootId(): Promise<string> {
  return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
}
