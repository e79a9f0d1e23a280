import { listIpv6Uplinks, planAcceptRa } from '../../host/changes.js';
import { checkOf, failure, ok, warning } from '../check.js';
import { usesAaaa } from '../mode.js';
import { howTo } from '../../how-to.js';

export const hostIpv6 = checkOf(
  { id: 'host-ipv6', title: 'IPv6 of the host', looked: 'net.ipv6.conf.{all,default}.{disable_ipv6,forwarding}' },
  ['host', 'machine'],
  ({ host: { sysctls }, machine }) => {
    if (sysctls.ipv6Disabled) {
      return failure(
        'IPv6 is switched off in the kernel of the engine host',
        'sudo sysctl net.ipv6.conf.all.disable_ipv6=0     # or take ipv6.disable=1 off the kernel command line; then restart the engine',
      );
    }
    if (!machine.newInterfacesHaveIpv6) {
      return failure(
        "interfaces that are made from now on get no IPv6 (net.ipv6.conf.default.disable_ipv6 is 1), so the cluster's bridge would have none",
        'sudo sysctl net.ipv6.conf.default.disable_ipv6=0     # and where /etc/sysctl.d sets it',
      );
    }
    return ok(
      `on; forwarding is ${sysctls.ipv6Forwarding ? 'on' : 'off, the engine turns it on with its first IPv6 network'}`,
    );
  },
);

export const ipv6Route = checkOf(
  { id: 'ipv6-route', title: 'IPv6 default route', looked: 'ip -6 route; accept_ra of its interface' },
  ['host'],
  ({ host }, facts) => {
    const uplinks = listIpv6Uplinks(host);
    if (uplinks.length === 0) {
      const seen = 'the engine host has no IPv6 default route';
      if (facts.settings.allowAaaaUse === 'true')
        return failure(
          `${seen}, and DIND_ALLOW_AAAA_USE=true needs one`,
          `${howTo('up', 'DIND_ALLOW_AAAA_USE=auto')}     # NAT64 alone where there is no IPv6`,
        );
      if (usesAaaa(facts, host))
        return failure(
          `${seen}, and the cluster uses AAAA records: IPv6 sites cannot be reached`,
          `${howTo('aaaa off')}     # or bring the route back`,
        );
      return ok(`${seen}: IPv4 sites are reached through NAT64, IPv6-only ones not at all`);
    }
    const learnt = host.routes
      .filter((route) => route.family === 6 && route.destination === 'default' && route.protocol === 'ra')
      .map(({ device }) => device);
    const lost = planAcceptRa(host);
    if (lost.length > 0 && host.sysctls.ipv6Forwarding) {
      return warning(
        `the default route of ${lost.join(', ')} came by router advertisement, forwarding is on and accept_ra is 1: the kernel will not renew it`,
        lost.map((device) => `sudo sysctl net.ipv6.conf.${device}.accept_ra=2`).join(' && '),
      );
    }
    return ok(
      uplinks
        .map(
          (device) =>
            `by ${device}, ${learnt.includes(device) ? `from router advertisements (accept_ra ${host.sysctls.acceptRa[device] ?? '?'}${lost.includes(device) ? ', which `up` makes 2, so that forwarding does not end the route' : ''})` : 'set by hand or by a network manager'}`,
        )
        .join('; '),
    );
  },
);
