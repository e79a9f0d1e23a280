import { readEnvFile } from './sources.js';

type Env = Readonly<Record<string, string | undefined>>;

/** What the environment says about who reads: no-color.org, terminals that cannot move the cursor, a step of GitHub Actions. */
export interface TerminalTraits {
  colours: boolean;
  dumb: boolean;
  github: boolean;
}

export function readTerminalTraits(env: Env): TerminalTraits {
  return {
    colours: (env['NO_COLOR'] ?? '') === '',
    dumb: env['TERM'] === 'dumb',
    github: env['GITHUB_ACTIONS'] === 'true',
  };
}

/** Whether errors, those of the settings included, must be JSON: asked before the settings have been read, so it never throws. */
export function wantsJson(env: Env, directory: string): boolean {
  const given = env['DIND_OUTPUT'] ?? '';
  if (given !== '') return given === 'json';
  try {
    return readEnvFile(directory).given.get('DIND_OUTPUT')?.value === 'json';
  } catch {
    return false;
  }
}
