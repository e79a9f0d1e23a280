import type { SharedChange } from '../plan/types.js';
import { describeChange } from './changes.js';
import type { ForwardingUsers } from './forwarding-users.js';

/** Forwarding of one family and what goes with it, that somebody else may need by now. */
export interface LeftForwarding {
  changes: SharedChange[];
  /** One line for people. */
  text: string;
}

type Family = keyof ForwardingUsers;

/**
 * Which of the changes are not to be taken back, because somebody has come since forwarding was turned on who may have it only by that. Who was there
 * before did without it. `users`: of today; a record without those of then is an older dind64's, and whoever is there may have come since.
 */
export function judgeForwarding(
  records: readonly { change: SharedChange; users?: ForwardingUsers }[],
  users: ForwardingUsers,
): LeftForwarding[] {
  return (['ipv4', 'ipv6'] as const).flatMap((family) => {
    const forwarding = records.find(({ change }) => change.kind === `${family}-forwarding`);
    if (forwarding === undefined) return [];
    const before = forwarding.users?.[family] ?? [];
    const since = users[family].filter((user) => !before.includes(user));
    if (since.length === 0) return [];
    const changes = records.map(({ change }) => change).filter((change) => familyOf(change) === family);
    return [{ changes, text: describe(family, changes, since) }];
  });
}

/** It is turned on. Accept_ra and the policy go with it. */
export function isForwarding({ kind }: SharedChange): boolean {
  return kind === 'ipv4-forwarding' || kind === 'ipv6-forwarding';
}

/** A route of IPv6 that was learnt needs accept_ra for as long as forwarding is on. */
export function familyOf(change: SharedChange): Family {
  return change.kind === 'ipv4-forwarding' || (change.kind === 'forward-policy' && change.family === 4)
    ? 'ipv4'
    : 'ipv6';
}

function describe(family: Family, changes: SharedChange[], [first = '', ...more]: string[]): string {
  const others = more.length === 0 ? '' : ` and ${more.length} more`;
  const name = family === 'ipv4' ? 'IPv4' : 'IPv6';
  return `${changes.map(describeChange).sort().join('; ')}: left as it is and no longer recorded, because ${first}${others} came since and may need ${name} forwarding`;
}
