import type { Case } from './case.js';
import { fragmentCases } from './fragments.js';
import { headerCases } from './headers.js';
import { icmpCases } from './icmp.js';
import { icmpUpCases } from './icmp-up.js';
import { refusalCases } from './refusals.js';
import { transportCases } from './transport.js';

export const cases: readonly Case[] = [
  ...headerCases,
  ...transportCases,
  ...icmpCases,
  ...icmpUpCases,
  ...fragmentCases,
  ...refusalCases,
];
