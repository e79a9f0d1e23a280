import type { HostCheck } from './check.js';
import { capacity, cgroups, clock, kernel, os, rights, swap } from './machine.js';
import { acceptRa, forwarding, ipv4Route, ipv6Route, nodeInterface } from './network.js';
import { networks, ports } from './occupied.js';
import { cniPlugins, containerd, kubernetes, noNode, tools } from './software.js';

/** All checks of `hosts check`, in the order in which people read them: the machine, its software, its network. */
export const hostChecks: readonly HostCheck[] = [
  rights,
  os,
  kernel,
  cgroups,
  capacity,
  swap,
  clock,
  containerd,
  kubernetes,
  tools,
  cniPlugins,
  noNode,
  nodeInterface,
  ipv6Route,
  ipv4Route,
  acceptRa,
  forwarding,
  networks,
  ports,
];
