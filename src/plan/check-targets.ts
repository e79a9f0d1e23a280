import type { CheckTarget } from '../settings/types.js';

/** What the connectivity check tries unless DIND_CHECK_TARGETS says otherwise: one IPv4-only name and two dual-stack ones. */
export const defaultCheckTargets: CheckTarget[] = [
  { name: 'github.com' },
  { name: 'kubernetes.io' },
  { name: 'www.debian.org' },
];
