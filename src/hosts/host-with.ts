import type { ConfiguredHost, HostsConfig } from './config.js';

/** The one host with a role that exactly one has: the reader of the file sees to that. */
export function hostWith(config: HostsConfig, role: 'control-plane' | 'nat64'): ConfiguredHost {
  const host = config.hosts.find(({ roles }) => roles.includes(role));
  if (host === undefined) throw new Error(`a hosts file has a ${role}`);
  return host;
}
