import type { z } from 'zod';
import { definitions } from './definitions.js';
import { needlessNames, refusedNames, refusedPattern, renamedNames } from './legacy-names.js';
import type { Problem } from './problem.js';
import type { Given } from './types.js';

/** What the legacy names without `DIND_` in `.env` come to. */
export interface LegacyReading {
  given: Map<string, Given>;
  notices: string[];
}

/**
 * Legacy names without `DIND_` in `.env`, which may be another program's file. Those that can only be kubeadm-dind-cluster's become values under today's names,
 * as far as they can be read; all others, and what means nothing any more, are told of. None is an error. Today's names win.
 */
export function readLegacyNames(
  envFile: ReadonlyMap<string, Given>,
  environment: ReadonlyMap<string, Given>,
): LegacyReading {
  const reading: LegacyReading = { given: new Map(), notices: [] };
  for (const { name, today, shared, translate } of renamedNames) {
    const found = envFile.get(name);
    if (found === undefined) continue;
    if (envFile.has(today) || environment.has(today)) {
      reading.notices.push(`${found.source}: ${name} is passed over: ${today} is set too`);
      continue;
    }
    if (shared === true) {
      reading.notices.push(
        `${found.source}: ${name} may be another program's and is not read; dind64's name is ${today}`,
      );
      continue;
    }
    const value = translate?.(found.value, envFile) ?? found.value;
    const fault = findFault(today, value);
    if (fault !== undefined) {
      reading.notices.push(`${found.source}: ${name} is passed over: ${today}=${value} ${fault}`);
      continue;
    }
    reading.given.set(today, { value, source: `${found.source}, as ${name}` });
    reading.notices.push(`${found.source}: ${name} is kubeadm-dind-cluster's name; read as ${today}=${value}`);
  }
  for (const [name, { source }] of envFile) {
    const needless = name.startsWith('DIND_') ? undefined : (lookUp(needlessNames, name) ?? findReason(name));
    if (needless !== undefined)
      reading.notices.push(`${source}: ${name} is kubeadm-dind-cluster's name and passed over: ${plain(needless)}`);
  }
  return reading;
}

/** Legacy names without `DIND_` in the environment may belong to anybody: they are told of and not read. */
export function noticeLegacyEnvironment(environment: ReadonlyMap<string, Given>): string[] {
  return renamedNames
    .filter(({ name }) => environment.has(name))
    .map(({ name, today }) => `${name} in the environment is not read; dind64's name is ${today}`);
}

/** The problem with a `DIND_` name that kubeadm-dind-cluster had; `undefined` for other names. */
export function refuseLegacyName(name: string, source: string): Problem | undefined {
  const reason = findReason(name);
  return reason === undefined
    ? undefined
    : { name, source, text: 'kubeadm-dind-cluster had it, dind64 has not', hint: plain(reason) };
}

function findReason(name: string): string | undefined {
  return lookUp(refusedNames, name) ?? (refusedPattern.pattern.test(name) ? refusedPattern.reason : undefined);
}

function findFault(name: string, value: string): string | undefined {
  const definition = Object.values(definitions).find((candidate) => candidate.name === name);
  const result = (definition?.schema as z.ZodType | undefined)?.safeParse(value);
  return result?.error?.issues.map((issue) => issue.message).join('; ');
}

/** A user may name a variable `constructor`. */
function lookUp(names: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(names, name) ? names[name] : undefined;
}

function plain(markdown: string): string {
  return markdown.replaceAll('`', '');
}
