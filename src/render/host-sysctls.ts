import type { SharedChange } from '../plan/types.js';

/** `write` file value present-value, or `policy` tool backend policy. */
type Statement = [kind: 'write' | 'policy', string, string, string];

/**
 * Arguments of shell/host-sysctls.bash that make the changes: accept_ra always, forwarding only when asked (engines with the iptables backend turn it on themselves,
 * and set the policy of FORWARD to DROP with it). accept_ra comes first: the kernel drops learnt routes when forwarding goes on.
 */
export function renderSysctlChanges(changes: readonly SharedChange[], forwarding: boolean): string[] {
  const lines = changes.flatMap((change): Statement[] => {
    switch (change.kind) {
      case 'accept-ra':
        return [writeLine(acceptRa(change.device), 2, change.value)];
      case 'ipv6-forwarding':
        return forwarding ? [writeLine(ipv6Forwarding('default'), 1, 0), writeLine(ipv6Forwarding('all'), 1, 0)] : [];
      case 'ipv4-forwarding':
        return forwarding ? [writeLine(ipv4Forwarding, 1, 0)] : [];
      case 'forward-policy':
        return [];
    }
  });
  const isAcceptRa = ([, file]: Statement): number => Number(file.endsWith('/accept_ra'));
  return [...lines].sort((one, other) => isAcceptRa(other) - isAcceptRa(one)).flat();
}

/** Arguments of shell/host-sysctls.bash that put back what was recorded, where it still has the changed value: forwarding, then the policy of FORWARD, accept_ra last. */
export function renderSysctlRestore(changes: readonly SharedChange[]): string[] {
  const order: SharedChange['kind'][] = ['ipv6-forwarding', 'ipv4-forwarding', 'forward-policy', 'accept-ra'];
  return [...changes]
    .sort((one, other) => order.indexOf(one.kind) - order.indexOf(other.kind))
    .flatMap(renderRestoreLines)
    .flat();
}

function renderRestoreLines(change: SharedChange): Statement[] {
  switch (change.kind) {
    case 'accept-ra':
      return [writeLine(acceptRa(change.device), change.value, 2)];
    case 'ipv4-forwarding':
      return [writeLine(ipv4Forwarding, Number(change.value), 1)];
    case 'forward-policy':
      return [['policy', change.family === 6 ? 'ip6tables' : 'iptables', change.backend, change.policy]];
    case 'ipv6-forwarding':
      return [
        // Writing `all` writes `default` and every interface: those that were on before are turned on again.
        ...(change.all
          ? []
          : [
              writeLine(ipv6Forwarding('all'), 0, 1),
              ...change.interfaces.map((name) => writeLine(ipv6Forwarding(name), 1, 0)),
            ]),
        writeLine(ipv6Forwarding('default'), Number(change.default), change.default ? 0 : 1),
      ];
  }
}

function writeLine(file: string, value: number, now: number): Statement {
  return ['write', file, String(value), String(now)];
}

function acceptRa(device: string): string {
  return `/proc/sys/net/ipv6/conf/${device}/accept_ra`;
}

function ipv6Forwarding(name: string): string {
  return `/proc/sys/net/ipv6/conf/${name}/forwarding`;
}

const ipv4Forwarding = '/proc/sys/net/ipv4/ip_forward';
