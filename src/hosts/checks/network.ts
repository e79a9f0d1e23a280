import { failure, ok, unknown, warning } from '../../doctor/check.js';
import { listIpv6Uplinks } from '../../host/changes.js';
import type { CheckedHost, HostCheck } from './check.js';

const fieldOf = (about: CheckedHost, field: string): string => `topology.${about.host.name}.${field}`;

export const nodeInterface: HostCheck = {
  id: 'interface',
  title: 'node network',
  looked: 'the interface that the hosts file names: up, with IPv6, its MTU',
  judge: (about) => {
    const { host, config, reading } = about;
    const name = host.interface;
    const link = reading.network.links.find((each) => each.name === name);
    if (link === undefined) {
      const others = reading.network.links.map((each) => each.name).filter((each) => each !== 'lo');
      return failure(
        `there is no ${name}; there ${others.length === 1 ? 'is' : 'are'} ${others.join(', ')}`,
        `name another one in the hosts file: ${fieldOf(about, 'interface')}`,
      );
    }
    if (!link.up) return failure(`${name} is down`, `sudo ip link set ${name} up`);
    if (reading.network.sysctls.ipv6Disabled || !link.addresses.some(({ address }) => address.includes(':')))
      return failure(
        `${name} has no IPv6`,
        `sudo sysctl -w net.ipv6.conf.all.disable_ipv6=0 net.ipv6.conf.${name}.disable_ipv6=0`,
      );
    if (link.mtu < config.podMtu)
      return failure(
        `${name} carries ${link.mtu} bytes, and packets of pods have up to ${config.podMtu}`,
        `pod_net.mtu: ${Math.max(1280, link.mtu)} in the hosts file`,
      );
    return ok(
      link.addresses.some(({ address }) => address === host.address)
        ? `${name} has ${host.address}`
        : `${name} is up and is still to get ${host.address}`,
    );
  },
};

export const ipv6Route: HostCheck = {
  id: 'ipv6-route',
  title: 'IPv6 way out',
  looked: 'the IPv6 default route, who made it, and the address of its interface',
  of: 'nodes',
  judge: ({ config, reading: { network } }) => {
    const route = network.routes.find(({ family, destination }) => family === 6 && destination === 'default');
    if (route === undefined)
      return config.allowAaaaUse
        ? failure(
            'no IPv6 default route, by which pods reach IPv6 sites',
            'give the host one, or turn dns64.allow_aaaa_use off in the hosts file',
          )
        : ok('none, and none is needed: allow_aaaa_use is off');
    const [address] = network.links
      .filter(({ name }) => name === route.device)
      .flatMap(({ addresses }) => addresses)
      .filter((each) => each.address.includes(':') && each.scope === 'global');
    const way = `by ${route.device}, ${origins[route.protocol] ?? `from ${route.protocol}`}`;
    if (address === undefined) {
      const seen = `${way}, but ${route.device} has no address to leave by`;
      return config.allowAaaaUse ? failure(seen, `ip -6 addr show dev ${route.device}`) : ok(seen);
    }
    return ok(`${way}, with ${address.address}`);
  },
};

/** Who made a route (rtnetlink's protocols, as `ip` names them). */
const origins: Readonly<Record<string, string>> = {
  ra: 'from router advertisements',
  static: 'set by hand or by a file',
  boot: 'set by hand',
  dhcp: 'from DHCP',
  kernel: 'from the kernel',
};

export const acceptRa: HostCheck = {
  id: 'accept-ra',
  title: 'accept_ra',
  looked: 'accept_ra on interfaces whose default route came by router advertisements',
  judge: ({ reading: { network } }) => {
    const { routes, sysctls } = network;
    const advertised = listIpv6Uplinks({ routes: routes.filter(({ protocol }) => protocol === 'ra') });
    if (advertised.length === 0) return ok('does not matter: no default route came by router advertisements');
    const values = advertised.map((device) => ({ device, value: sysctls.acceptRa[device] }));
    if (values.some(({ value }) => value === undefined)) return unknown('accept_ra could not be read');
    const [lost] = values.filter(
      ({ device, value }) =>
        value === 1 && (sysctls.ipv6Forwarding || sysctls.forwardingInterfaces?.includes(device) === true),
    );
    if (lost !== undefined)
      return warning(
        `1 on ${lost.device}, which forwards: the kernel believes no advertisement any more, and the default route ends with its lifetime`,
        `sudo sysctl -w net.ipv6.conf.${lost.device}.accept_ra=2`,
      );
    return ok(values.map(({ device, value }) => `${value} on ${device}${meanings[value ?? 0] ?? ''}`).join('; '));
  },
};

const meanings: Readonly<Record<number, string>> = {
  0: ': a program reads the advertisements, and it stays so',
  1: ': has to become 2 before the host forwards',
};

export const forwarding: HostCheck = {
  id: 'forwarding',
  title: 'forwarding',
  looked: 'net.ipv6.conf.all.forwarding and net.ipv4.ip_forward',
  judge: ({ host, reading: { network } }) => {
    const { ipv4Forwarding, ipv6Forwarding } = network.sysctls;
    const isHelper = host.roles.includes('nat64');
    const off = [...(ipv6Forwarding ? [] : ['IPv6']), ...(isHelper && !ipv4Forwarding ? ['IPv4'] : [])];
    return ok(off.length === 0 ? 'on' : `off for ${off.join(' and ')}: has to be turned on`);
  },
};

export const ipv4Route: HostCheck = {
  id: 'ipv4-route',
  title: 'IPv4 way out',
  looked: 'the IPv4 default route, by which NAT64 reaches sites',
  of: 'helper',
  judge: ({ reading: { network } }) => {
    const route = network.routes.find(({ family, destination }) => family === 4 && destination === 'default');
    return route === undefined
      ? failure('no IPv4 default route: NAT64 would reach nothing', 'give dns64 and nat64 to a host that has one')
      : ok(`by ${route.device}`);
  },
};
