import { needlessNames, refusedNames, refusedPattern, renamedNames } from './legacy-names.js';
import type { Problem } from './problem.js';
import type { Given } from './types.js';

/** What the legacy names in `.env` come to. */
export interface LegacyReading {
  given: Map<string, Given>;
  notices: string[];
  problems: Problem[];
}

/** Legacy names of `.env`: values under today's names, each with a notice; names that mean nothing any more are problems. Today's names win. */
export function readLegacyNames(
  envFile: ReadonlyMap<string, Given>,
  environment: ReadonlyMap<string, Given>,
): LegacyReading {
  const reading: LegacyReading = { given: new Map(), notices: [], problems: [] };
  for (const { name, today, translate } of renamedNames) {
    const found = envFile.get(name);
    if (found === undefined) continue;
    if (envFile.has(today) || environment.has(today)) {
      reading.notices.push(`${found.source}: ${name} is passed over: ${today} is set too`);
      continue;
    }
    const value = translate?.(found.value, envFile) ?? found.value;
    reading.given.set(today, { value, source: `${found.source}, as ${name}` });
    reading.notices.push(`${found.source}: ${name} is kubeadm-dind-cluster's name; read as ${today}=${value}`);
  }
  for (const [name, { source }] of envFile) {
    const problem = refuseLegacyName(name, source);
    if (problem !== undefined) reading.problems.push(problem);
    const needless = lookUp(needlessNames, name);
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

/** The problem with a name that kubeadm-dind-cluster had; `undefined` for other names. */
export function refuseLegacyName(name: string, source: string): Problem | undefined {
  const reason = lookUp(refusedNames, name) ?? (refusedPattern.pattern.test(name) ? refusedPattern.reason : undefined);
  return reason === undefined
    ? undefined
    : { name, source, text: 'kubeadm-dind-cluster had it, dind64 has not', hint: plain(reason) };
}

/** A user may name a variable `constructor`. */
function lookUp(names: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(names, name) ? names[name] : undefined;
}

function plain(markdown: string): string {
  return markdown.replaceAll('`', '');
}
