import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readScript } from '../../shell.js';
import { runInRoot, type EngineRoot } from './root.js';
import { findEngineBridges, renderEngineRuleRemoval } from './rules.js';

/** What an engine changes on the machine whose network namespace it uses. */
interface HostState {
  bootId: string;
  /** iptables-save and ip6tables-save. */
  iptables: string;
  ip6tables: string;
  /** nftables' chains as `ip nat PREROUTING`. */
  nftChains: string[];
  /** path below /proc/sys -> value */
  sysctls: Record<string, string>;
  bridges: string[];
}

/** Writes `<runDir>/host-before.json`, unless it is there from an engine that was not stopped properly since the last boot. */
export async function recordHostState(root: EngineRoot): Promise<void> {
  const bootId = await readBootId();
  if ((await readRecord(root.runDir))?.bootId === bootId) return;
  await writeFile(join(root.runDir, recordName), JSON.stringify(await readHostState(root, bootId)));
}

/** Takes back what the engine left since the record, and only that: rules that others made meanwhile stay. Then the record is removed. */
export async function restoreHostState(root: EngineRoot): Promise<void> {
  const before = await readRecord(root.runDir);
  if (before === undefined) return;
  const bootId = await readBootId();
  if (before.bootId === bootId) {
    const now = await readHostState(root, bootId);
    const bridges = new Set([...findEngineBridges(now.iptables), ...findEngineBridges(now.ip6tables)]);
    const left = now.bridges.filter((bridge) => !before.bridges.includes(bridge) && bridges.has(bridge));
    const script = [
      ...left.map((bridge) => `ip link delete ${bridge}`),
      ...restoreCommand('iptables', renderEngineRuleRemoval(before.iptables, now.iptables, left)),
      ...restoreCommand('ip6tables', renderEngineRuleRemoval(before.ip6tables, now.ip6tables, left)),
      ...sysctlCommands(before.sysctls, now.sysctls),
    ];
    await runInRoot(root, 'taking back what the embedded engine left', script.join('\n'));
    await removeEmptyChains(root, before, bootId);
  }
  await rm(join(root.runDir, recordName), { force: true });
}

const recordName = 'host-before.json';

async function readHostState(root: EngineRoot, bootId: string): Promise<HostState> {
  const output = await runInRoot(root, "reading the machine's rules and sysctls", readScript('engine-host-state.sh'));
  const [iptables = '', ip6tables = '', chains = '', bridges = '', sysctls = ''] = output.split('@@\n');
  return {
    bootId,
    iptables,
    ip6tables,
    nftChains: parseChains(chains),
    bridges: bridges.split('\n').flatMap((line) => /^\d+: ([^:@]+)/.exec(line)?.[1] ?? []),
    sysctls: Object.fromEntries(
      sysctls
        .trim()
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => [line.slice(0, line.lastIndexOf(':')), line.slice(line.lastIndexOf(':') + 1)]),
    ),
  };
}

/** The values for all interfaces come first in the record, and each interface's own after them, since writing the former sets the latter. */
function sysctlCommands(before: Record<string, string>, now: Record<string, string>): string[] {
  const changed = Object.keys(before).some((path) => now[path] !== undefined && now[path] !== before[path]);
  if (!changed) return [];
  const overall = /^net\/ipv(4\/ip_forward|6\/conf\/all\/forwarding)$/;
  return Object.entries(before)
    .filter(([path, value]) => (overall.test(path) ? now[path] !== value : path in now))
    .map(
      ([path, value]) =>
        `[ ! -e /proc/sys/${path} ] || [ "$(cat /proc/sys/${path})" = ${value} ] || echo ${value} > /proc/sys/${path}`,
    );
}

function restoreCommand(command: string, text: string): string[] {
  return text === '' ? [] : [`${command}-restore --noflush <<'END-OF-RULES'\n${text}END-OF-RULES`];
}

/** iptables-nft makes tables and base chains at first use; those that were not there before and hold nothing any more go. */
async function removeEmptyChains(root: EngineRoot, before: HostState, bootId: string): Promise<void> {
  const now = await readHostState(root, bootId);
  const left = now.nftChains.filter(
    (chain) =>
      /^ip6? (filter|nat|raw|mangle|security) [A-Z]+$/.test(chain) &&
      !before.nftChains.includes(chain) &&
      isEmptyChain(chain, now),
  );
  const tables = new Set(
    left
      .map(tableOf)
      .filter(
        (table) =>
          !before.nftChains.some((chain) => tableOf(chain) === table) &&
          now.nftChains.every((chain) => tableOf(chain) !== table || left.includes(chain)),
      ),
  );
  const script = [
    ...left.map((chain) => `nft delete chain ${chain}`),
    ...[...tables].map((table) => `nft delete table ${table}`),
  ];
  if (script.length > 0)
    await runInRoot(root, 'removing empty tables that the embedded engine left', script.join('\n'));
}

function isEmptyChain(chain: string, { iptables, ip6tables }: HostState): boolean {
  const [family, table, name] = chain.split(' ') as [string, string, string];
  const lines = (family === 'ip6' ? ip6tables : iptables).split('\n');
  const start = lines.indexOf(`*${table}`);
  const section = start < 0 ? [] : lines.slice(start, lines.indexOf('COMMIT', start));
  return !section.some((line) => line.startsWith(`-A ${name} `) || line.startsWith(`:${name} DROP`));
}

function tableOf(chain: string): string {
  return chain.slice(0, chain.lastIndexOf(' '));
}

function parseChains(json: string): string[] {
  if (json.trim() === '') return [];
  const { nftables } = JSON.parse(json) as { nftables: { chain?: { family: string; table: string; name: string } }[] };
  return nftables.flatMap(({ chain }) => (chain === undefined ? [] : [`${chain.family} ${chain.table} ${chain.name}`]));
}

async function readRecord(runDir: string): Promise<HostState | undefined> {
  return readFile(join(runDir, recordName), 'utf8').then(
    (text) => JSON.parse(text) as HostState,
    () => undefined,
  );
}

async function readBootId(): Promise<string> {
  return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
}
