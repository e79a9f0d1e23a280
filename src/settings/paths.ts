import { existsSync, realpathSync, statSync } from 'node:fs';
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
    cache: findOwn(
      path.join(xdgDirectory(env['XDG_CACHE_HOME']) ?? path.join(home, '.cache'), 'dind64'),
      '/var/cache/dind64',
    ),
    state: findOwn(
      path.join(xdgDirectory(env['XDG_STATE_HOME']) ?? path.join(home, '.local', 'state'), 'dind64'),
      '/var/lib/dind64',
    ),
    kubeconfigs: listed.length === 0 ? [path.join(home, '.kube', 'config')] : listed,
  };
}

/** A path that the user wrote: `~/` and relative ones resolved, since .env is not read by a shell. */
export function resolveUserPath(text: string, home: string, directory: string): string {
  return path.resolve(directory, text === '~' || text.startsWith('~/') ? path.join(home, text.slice(1)) : text);
}

/** Programs and file systems in the cache are run: root runs none that another user may have put there (`sudo -E`), and leaves none of its own files behind. */
function findOwn(wanted: string, roots: string): string {
  return process.getuid?.() === 0 && !isOnlyRoots(wanted) ? roots : wanted;
}

/** Whether nobody but root can put anything at a path, which need not be there. */
function isOnlyRoots(wanted: string): boolean {
  let directory = wanted;
  while (!existsSync(directory)) directory = path.dirname(directory);
  directory = realpathSync(directory);
  for (let isLast = true; ; isLast = false) {
    const { uid, mode } = statSync(directory);
    // In a sticky directory (/tmp) what is root's stays root's, and what is not there yet may become anybody's.
    if (uid !== 0 || ((mode & 0o022) !== 0 && (isLast || (mode & 0o1000) === 0))) return false;
    if (directory === path.dirname(directory)) return true;
    directory = path.dirname(directory);
  }
}

/** The XDG specification has relative paths ignored. */
function xdgDirectory(value: string | undefined): string | undefined {
  return value !== undefined && path.isAbsolute(value) ? value : undefined;
}
