import path from 'node:path';

/**
 * Where the user stands: relative paths and `.env` are meant from there. npm runs a package's script in the package's own folder and tells the user's in INIT_CWD, which every
 * program below some other npm inherits too: only our own script of that verb is looked at. `undefined`: the current directory is the user's.
 */
export function findUsersDirectory(env, argv) {
  const isOurScript = env.npm_lifecycle_event === argv[0] && env.npm_package_name === 'dind64';
  const { INIT_CWD: directory = '' } = env;
  return isOurScript && path.isAbsolute(directory) ? directory : undefined;
}
