import type { z } from 'zod';
import { findContradictions } from './cross-checks.js';
import { definitions } from './definitions.js';
import { readEngineEnvironment } from './engine-environment.js';
import { noticeLegacyEnvironment, readLegacyNames } from './legacy.js';
import { readUserPaths, resolveUserPath } from './paths.js';
import { SettingsError } from './problem.js';
import type { Problem } from './problem.js';
import { readEnvFile, readProcessEnvironment } from './sources.js';
import type { EnvFile } from './sources.js';
import type { Environment, Given, Settings, UserPaths } from './types.js';
import { findUnknownNames } from './unknown-names.js';

const fields = Object.keys(definitions) as (keyof Settings)[];

/**
 * Settings, paths and engine variables from `env`, then from `.env` in `directory`, then defaults; empty means not set.
 * Throws SettingsError (code `bad-settings`, exit code 2) that lists all problems at once. Touches nothing.
 */
export function readEnvironment(env: Readonly<Record<string, string | undefined>>, directory: string): Environment {
  const environment = readProcessEnvironment(env);
  const envFile = readEnvFile(directory);
  const legacy = readLegacyNames(envFile.given, environment);
  const given = new Map([...legacy.given, ...envFile.given, ...environment]);
  const paths = readUserPaths(env);

  const { settings, problems } = parseSettings(given, paths, directory);
  const all = deduplicate([
    ...problems,
    ...findContradictions(settings, given),
    ...findUnreadLines(envFile),
    ...findUnknownNames(envFile.given),
    ...findUnknownNames(environment),
  ]);
  if (all.length > 0) throw new SettingsError(all);
  const notices = [...legacy.notices, ...noticeLegacyEnvironment(environment)];
  return resolveEnvironment({ settings: settings as Settings, given, paths, env, notices });
}

/** Settings that were read, with what else commands need to know. `given`: by the setting's name. */
export function resolveEnvironment(read: {
  settings: Settings;
  given: ReadonlyMap<string, Given>;
  paths: UserPaths;
  env: Readonly<Record<string, string | undefined>>;
  notices: string[];
}): Environment {
  const { settings, given, paths, env, notices } = read;
  return {
    settings,
    given: new Map(
      fields.flatMap((field) => {
        const input = given.get(definitions[field].name);
        return input === undefined ? [] : [[field, input] as const];
      }),
    ),
    paths,
    engine: readEngineEnvironment(env, paths.home),
    notices,
  };
}

/** Each setting by itself; what cannot be read is a problem and stays away from `settings`. */
export function parseSettings(
  given: ReadonlyMap<string, Given>,
  paths: UserPaths,
  directory: string,
): { settings: Partial<Settings>; problems: Problem[] } {
  const problems: Problem[] = [];
  const settings = Object.fromEntries(
    fields.flatMap((field): [string, unknown][] => {
      const { name, allowed, schema, default: text } = definitions[field];
      const input = given.get(name);
      const value = input?.value ?? text;
      if (value === undefined) return [[field, undefined]];
      const result = (schema as z.ZodType).safeParse(value);
      if (result.success) return [[field, result.data]];
      problems.push({
        name,
        source: input?.source ?? 'default',
        seen: value,
        text: result.error.issues.map((issue) => issue.message).join('; '),
        allowed,
      });
      return [];
    }),
  ) as Partial<Settings>;
  return { settings: resolvePaths(settings, paths, directory), problems };
}

function resolvePaths(settings: Partial<Settings>, { home }: UserPaths, directory: string): Partial<Settings> {
  const { cni, kubeconfig } = settings;
  const manifest =
    cni?.kind === 'manifest' && !cni.source.includes('://')
      ? { ...cni, source: resolveUserPath(cni.source, home, directory) }
      : cni;
  // A key without a value would hide a setting from elsewhere.
  return {
    ...settings,
    ...(manifest === undefined ? {} : { cni: manifest }),
    ...(kubeconfig === undefined ? {} : { kubeconfig: resolveUserPath(kubeconfig, home, directory) }),
  };
}

function findUnreadLines(envFile: EnvFile): Problem[] {
  return envFile.unread.map(({ name, source }) => ({
    name,
    source,
    text: 'the line cannot be read',
    hint: `write it as ${name}=value`,
  }));
}

function deduplicate(problems: Problem[]): Problem[] {
  return [
    ...new Map(
      problems.map((problem) => [JSON.stringify([problem.name, problem.source, problem.text]), problem]),
    ).values(),
  ];
}
