#!/usr/bin/env node
import { fileURLToPath } from 'node:url';
import { assertNodeVersion, ensureBuilt, ensureDependencies, isCheckout, say, SetupError } from './prepare.mjs';
import { findSwallowedFlags } from './swallowed-flags.mjs';
import { findUsersDirectory } from './users-directory.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

// npm ends at a signal and its shell with it, which tells us nothing: without a parent we would go on in secret. Node has no event for it.
if (process.env.npm_lifecycle_event !== undefined) {
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    process.kill(process.pid, 'SIGTERM');
  }, 300);
  watch.unref();
}

try {
  const misspelt = findSwallowedFlags(process.env, process.argv.slice(2));
  if (misspelt !== undefined) throw new SetupError(misspelt, 2);
  assertNodeVersion(process.versions.node);
  const checkout = isCheckout(root);
  if (checkout) {
    await ensureDependencies(root);
    await ensureBuilt(root);
  }
  process.chdir(findUsersDirectory(process.env, process.argv.slice(2)) ?? '.');
  const { main } = await import(new URL('../dist/main.js', import.meta.url).href);
  process.exitCode = await main(
    process.argv.slice(2),
    process.env,
    { stdin: process.stdin, stdout: process.stdout, stderr: process.stderr },
    checkout,
  );
  // What is still open then (an idle connection to the engine) must not keep the process; output that waits in a pipe may.
  setTimeout(() => process.exit(), 1000).unref();
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  say('error', error.message);
  process.exitCode = error.exitCode;
}
