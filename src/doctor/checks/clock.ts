import { checkOf, failure, ok, unknown, warning } from '../check.js';

/** Certificates are valid from five minutes before they are made (client-go, cert.go); tokens and leases are less patient. */
const limits = { warningMs: 5000, failureMs: 60_000 };

export const clock = checkOf(
  { id: 'clock', title: 'clock', looked: "the engine host's clock against this machine's" },
  ['machine'],
  ({ machine: { clockAheadMs } }) => {
    if (clockAheadMs === undefined) return unknown('the clock could not be read');
    const ahead = Math.abs(clockAheadMs);
    const seen = `the engine host is ${(ahead / 1000).toFixed(0)} s ${clockAheadMs < 0 ? 'behind' : 'ahead of'} this machine`;
    const remedy =
      'sudo timedatectl set-ntp true     # on both; a virtual machine that has slept: restart Docker Desktop, or in the machine: sudo hwclock -s';
    if (ahead > limits.failureMs) return failure(`${seen}: certificates will not be valid yet, or no longer`, remedy);
    return ahead > limits.warningMs ? warning(seen, remedy) : ok('no difference that counts');
  },
);
