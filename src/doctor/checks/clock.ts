import { checkOf, failure, ok, unknown, warning, type Outcome } from '../check.js';

/** Certificates are valid from five minutes before they are made (client-go, cert.go); tokens and leases are less patient. */
const limits = { warningMs: 5000, failureMs: 60_000 };

export const clock = checkOf(
  { id: 'clock', title: 'clock', looked: "the engine host's clock against this machine's" },
  ['machine'],
  ({ machine: { clockAheadMs } }) =>
    judgeClock(
      clockAheadMs,
      'the engine host is ',
      'sudo timedatectl set-ntp true     # on both; a virtual machine that has slept: restart Docker Desktop, or in the machine: sudo hwclock -s',
    ),
);

/** How far a clock is ahead of this machine's; `whose` begins what is said of one that is not right. */
export function judgeClock(aheadMs: number | undefined, whose: string, remedy: string): Outcome {
  if (aheadMs === undefined) return unknown('the clock could not be read');
  const distance = Math.abs(aheadMs);
  const seen = `${whose}${(distance / 1000).toFixed(0)} s ${aheadMs < 0 ? 'behind' : 'ahead of'} this machine`;
  if (distance > limits.failureMs) return failure(`${seen}: certificates will not be valid yet, or no longer`, remedy);
  return distance > limits.warningMs ? warning(seen, remedy) : ok('no difference that counts');
}
