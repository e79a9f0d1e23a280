/** Flags of dind64's verbs, and of kubectl's that people type most, as npm spells them in the environment. */
const ownFlags = { json: '--json', images: '--images', all_logs: '--all-logs' };
const kubectlFlags = {
  all: '--all',
  all_namespaces: '--all-namespaces',
  a: '-A',
  dry_run: '--dry-run',
  f: '-f',
  filename: '--filename',
  force: '--force',
  i: '-i',
  it: '-it',
  l: '-l',
  namespace: '--namespace',
  o: '-o',
  output: '--output',
  rm: '--rm',
  selector: '--selector',
  w: '-w',
  watch: '--watch',
};

/**
 * `npm run status --json` gives the flag to npm, which hides it in `npm_config_json`: the text of an error with the right spelling,
 * or undefined. Flags behind `--` and flags of a direct call are not looked at.
 */
export function findSwallowedFlags(env, argv) {
  const verb = env.npm_lifecycle_event;
  if (verb === undefined || verb !== argv[0]) return undefined;
  const known = { ...ownFlags, ...(verb === 'kubectl' ? kubectlFlags : {}) };
  const flags = Object.keys(known)
    .filter((name) => (env[`npm_config_${name}`] ?? '') !== '')
    .map((name) => known[name]);
  if (flags.length === 0) return undefined;
  const given = argv.slice(1).filter((argument) => !flags.includes(argument));
  if (given.length < argv.length - 1) return undefined;
  const rest = verb === 'kubectl' ? ['...'] : [...given, ...flags];
  return `npm took ${flags.join(' ')} for itself\n  hint: what is meant for dind64 stands behind --: npm run ${verb} -- ${rest.join(' ')}`;
}
