import { closest, distance } from 'fastest-levenshtein';
import { settingNames } from './definitions.js';
import { refuseLegacyName } from './legacy.js';
import type { Problem } from './problem.js';
import type { Given } from './types.js';

/** Set by docker:dind images, which CI jobs run in; it means nothing to dind64. */
const ignored = ['DIND_COMMIT'];

/** Problems with `DIND_*` names that are not settings, with a suggestion where one is near. Their values are not shown. */
export function findUnknownNames(given: ReadonlyMap<string, Given>): Problem[] {
  return [...given].flatMap(([name, { source }]): Problem[] => {
    if (!name.startsWith('DIND_') || settingNames.includes(name) || ignored.includes(name)) return [];
    return [refuseLegacyName(name, source) ?? { name, source, text: 'there is no such setting', ...suggest(name) }];
  });
}

function suggest(name: string): { hint?: string } {
  const nearest = closest(name, [...settingNames]);
  return distance(name, nearest) <= Math.ceil(nearest.length / 4) ? { hint: `did you mean ${nearest}?` } : {};
}
