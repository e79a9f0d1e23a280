import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { withLock } from './lock.mjs';

/** What a user must put right before dind64 can start. */
export class SetupError extends Error {
  constructor(message, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** Oldest Node release that the dependencies run on. */
const leastNode = [20, 19];

export function assertNodeVersion(version) {
  const [major, minor] = version.split('.').map(Number);
  if (major > leastNode[0] || (major === leastNode[0] && minor >= leastNode[1])) return;
  throw new SetupError(
    `dind64 needs Node.js ${leastNode.join('.')} or newer; this is ${version}\n  hint: install a newer one, for example with nvm: nvm install --lts`,
  );
}

/** A checkout has sources to compile; an installed package has not. */
export function isCheckout(root) {
  return existsSync(path.join(root, 'src'));
}

/** `npm ci`, when package-lock.json is not the one that node_modules was made from. */
export async function ensureDependencies(root) {
  const stamp = path.join(root, 'node_modules', '.dind64-stamp');
  const hash = hashFiles(root, ['package-lock.json']);
  if (readStamp(stamp) === hash) return;
  await lock(root, async () => {
    if (readStamp(stamp) === hash) return;
    // NODE_ENV=production would leave out the compiler; .npmrc's silence would leave out the reason of a failure.
    await runStep('installing dependencies', root, npmCommand(['ci', '--include=dev', '--loglevel=error']));
    writeFileSync(stamp, hash);
  });
}

/** Compiles src to dist/main.js, when they are not of one another. The new dist takes the old one's place as a whole. */
export async function ensureBuilt(root) {
  const dist = path.join(root, 'dist');
  const stamp = path.join(dist, '.dind64-stamp');
  const hash = hashSources(root);
  if (readStamp(stamp) === hash) return;
  await lock(root, async () => {
    if (readStamp(stamp) === hash) return;
    for (const name of readdirSync(root).filter((entry) => entry.startsWith('dist.')))
      rmSync(path.join(root, name), { recursive: true, force: true });
    const fresh = path.join(root, 'dist.new');
    mkdirSync(fresh);
    await runStep('compiling', root, [
      process.execPath,
      path.join(root, 'scripts', 'bundle.mjs'),
      path.join(fresh, 'main.js'),
    ]);
    writeFileSync(path.join(fresh, '.dind64-stamp'), hash);
    if (existsSync(dist)) renameSync(dist, path.join(root, 'dist.old'));
    renameSync(fresh, dist);
    rmSync(path.join(root, 'dist.old'), { recursive: true, force: true });
  });
}

/** One line to stderr; an event when DIND_OUTPUT=json, since nothing else may be there then. */
export function say(kind, text) {
  const json = process.env.DIND_OUTPUT === 'json';
  const event =
    kind === 'error' ? { type: 'error', code: 'setup', observed: text } : { type: 'notice', level: 'info', text };
  process.stderr.write(json ? `${JSON.stringify(event)}\n` : `${kind === 'error' ? 'error: ' : ''}${text}\n`);
}

function sayWaiting(owner) {
  say('notice', `waiting for process ${owner}, which installs or compiles here`);
}

/** Only one process at a time installs or compiles in a checkout. */
async function lock(root, action) {
  try {
    return await withLock(path.join(root, '.prepare.lock'), sayWaiting, action);
  } catch (error) {
    if (!['EACCES', 'EPERM', 'EROFS'].includes(error.code)) throw error;
    throw new SetupError(
      `the checkout has to be made ready, and cannot be written to: ${error.message}\n  hint: run it as the checkout's owner, or clone it for yourself`,
    );
  }
}

/** A command whose output matters only when it fails. */
async function runStep(title, cwd, [program, ...argv]) {
  say('notice', `${title} ...`);
  const output = [];
  const child = spawn(program, argv, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.on('data', (chunk) => output.push(chunk));
  child.stderr.on('data', (chunk) => output.push(chunk));
  const status = await new Promise((resolve) => {
    child.once('error', (error) => {
      output.push(Buffer.from(error.message));
      resolve(-1);
    });
    child.once('close', (code, signal) => resolve(code ?? signal));
  });
  if (status === 0) return;
  throw new SetupError(
    `${title}: \`${[path.basename(program), ...argv].join(' ')}\` ended with ${status}\n${Buffer.concat(output).toString().trim()}`,
  );
}

/** The npm that runs this script, else the one in PATH. */
function npmCommand(argv) {
  const running = process.env.npm_execpath ?? '';
  return path.basename(running) === 'npm-cli.js' ? [process.execPath, running, ...argv] : ['npm', ...argv];
}

function hashSources(root) {
  const sources = readdirSync(path.join(root, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(root, path.join(entry.parentPath ?? entry.path, entry.name)));
  return hashFiles(root, [...sources.sort(), 'scripts/bundle.mjs', 'tsconfig.json', 'package-lock.json']);
}

function hashFiles(root, names) {
  const hash = createHash('sha256');
  for (const name of names) {
    const content = readFileSync(path.join(root, name));
    hash.update(`${name}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

function readStamp(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
