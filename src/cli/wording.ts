import type { Wording } from '../how-to.js';

/** In a checkout, whose package has a script for each verb. */
export const asScript: Wording = (invocation, settings) => {
  const [verb, ...rest] = invocation.split(' ');
  return withSettings(settings, `npm run ${[verb, ...(rest.length === 0 ? [] : ['--', ...rest])].join(' ')}`);
};

/** As the installed program. */
export const asProgram: Wording = (invocation, settings) => withSettings(settings, `dind64 ${invocation}`);

function withSettings(settings: string, command: string): string {
  return settings === '' ? command : `${settings} ${command}`;
}
