import { homedir } from 'node:os';
import path from 'node:path';
import type { UserPaths } from './types.js';

type Env = Readonly<Record<string, string | undefined>>;

/** Where the user's files are (XDG base directories; KUBECONFIG as client-go splits it). */
export function readUserPaths(env: Env): UserPaths {
  const home = env['HOME'] === undefined || env['HOME'] === '' ? homedir() : env['HOME'];
  const listed = (env['KUBECONFIG'] ?? '').split(path.delimiter).filter((file) => file !== '');
  return {
    home,
    cache: path.join(xdgDirectory(env['XDG_CACHE_HOME']) ?? path.join(home, '.cache'), 'dind64'),
    state: path.join(xdgDirectory(env['XDG_STATE_HOME']) ?? path.join(home, '.local', 'state'), 'dind64'),
    kubeconfigs: listed.length === 0 ? [path.join(home, '.kube', 'config')] : listed,
  };
}

/** A path that the user wrote: `~/` and relative ones resolved, since .env is not read by a shell. */
export function resolveUserPath(text: string, home: string, directory: string): string {
  return path.resolve(directory, text === '~' || text.startsWith('~/') ? path.join(home, text.slice(1)) : text);
}

/** The XDG specification has relative paths ignored. */
function xdgDirectory(value: string | undefined): string | undefined {
  return value !== undefined && path.isAbsolute(value) ? value : undefined;
}
