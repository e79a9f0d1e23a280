import type { Engine } from '../../engine/types.js';
import { packetRules, runOnHost } from '../../host/run-on-host.js';
import { splitSections } from '../../host/sections.js';
import { readScript } from '../../shell.js';
import type { Source } from '../source.js';

const files: Readonly<Record<string, string>> = {
  rules: 'packet rules of all tables, with counters',
  legacy: 'rules of iptables-legacy',
  addresses: 'interfaces with counters',
  routes: 'routes, rules and neighbours of both families',
  sysctls: 'sysctls of IPv4, IPv6, bridges, connection tracking, inotify',
  sockets: 'what listens',
  resources: 'memory, load, disk, clock',
  resolver: 'resolv.conf',
};

/** The engine host, by one short-lived container for all of its files. */
export function listHostSources(engine: Engine, baseImage: string): Source[] {
  let running: Promise<Map<string, string>> | undefined;
  const run = (signal: AbortSignal): Promise<Map<string, string>> =>
    (running ??= runOnHost(engine, baseImage, {
      doing: 'reading the state of the engine host',
      script: readScript('host-dump.bash'),
      capabilities: packetRules,
      seesProcesses: true,
      signal,
    }).then(({ stdout }) => splitSections(stdout)));
  return Object.entries(files).map(([name, about]): Source => ({
    path: `host/${name}.txt`,
    about,
    read: async (signal) => (await run(signal)).get(name) ?? '',
  }));
}
