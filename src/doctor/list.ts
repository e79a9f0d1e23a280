import type { Check } from './check.js';
import { apiPort, cidrs, mtu } from './checks/addresses.js';
import { cpus, disk, memory } from './checks/capacity.js';
import { clock } from './checks/clock.js';
import { changed, helpers, hostRules, nodes } from './checks/cluster.js';
import { dns64, upstreams } from './checks/dns.js';
import { ipv4Egress, ipv6Egress } from './checks/egress.js';
import { engineAnswers, engineIpv6, freeNames } from './checks/engine.js';
import { firewall, rulesBackend } from './checks/firewall.js';
import { hostIpv6, ipv6Route } from './checks/ipv6.js';
import { cgroups, kernel, security } from './checks/kernel.js';
import { leftovers } from './checks/leftovers.js';
import { inotify, openFiles } from './checks/limits.js';
import { proxy } from './checks/proxy.js';
import { images, kubectl } from './checks/tools.js';

/** All checks of `doctor`, in the order in which people read them: the engine, the network, the machine, this user's tools, the cluster. */
export const checks: readonly Check[] = [
  engineAnswers,
  engineIpv6,
  freeNames,
  leftovers,
  hostIpv6,
  ipv6Route,
  ipv6Egress,
  ipv4Egress,
  firewall,
  rulesBackend,
  cidrs,
  apiPort,
  mtu,
  upstreams,
  dns64,
  cgroups,
  kernel,
  security,
  inotify,
  openFiles,
  disk,
  memory,
  cpus,
  clock,
  images,
  kubectl,
  proxy,
  nodes,
  helpers,
  hostRules,
  changed,
];
