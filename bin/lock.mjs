import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';

const pollMs = 200;
/** A lock whose owner cannot be looked up (another container with the same checkout) is held no longer than this. */
const foreignLimitMs = 15 * 60_000;
/** A lock file is empty between its creation and its first write. */
const unwrittenLimitMs = 10_000;

/** Runs `action` while this process alone holds the lock `file`; a lock of a dead process is taken over. `sayWaiting` is told the owner once. */
export async function withLock(file, sayWaiting, action) {
  const own = JSON.stringify({ pid: process.pid, started: startTimeOf(process.pid), host: hostname() });
  for (let told = false; !(create(file, own) || takeOver(file, own)); await delay(pollMs)) {
    if (!told) sayWaiting(readOwner(file)?.pid ?? 'unknown');
    told = true;
  }
  const release = () => rmSync(file, { force: true });
  process.once('exit', release);
  try {
    return await action();
  } finally {
    process.off('exit', release);
    release();
  }
}

function create(file, content) {
  try {
    writeFileSync(file, content, { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

/** Replaces a dead owner's lock. A second lock file makes sure that of several who see the dead one only one does it. */
function takeOver(file, own) {
  if (isHeld(file)) return false;
  const guard = `${file}.takeover`;
  if (!create(guard, own)) {
    if (!isHeld(guard)) rmSync(guard, { force: true });
    return false;
  }
  try {
    if (isHeld(file)) return false;
    renameSync(guard, file);
    return true;
  } finally {
    if (readOwner(guard)?.pid === process.pid) rmSync(guard, { force: true });
  }
}

/** Whether the lock's owner lives. No such file counts as held: the next try creates it. */
function isHeld(file) {
  const ageMs = ageOf(file);
  if (ageMs === undefined) return true;
  const owner = readOwner(file);
  if (owner === undefined) return ageMs < unwrittenLimitMs;
  if (owner.host !== hostname()) return ageMs < foreignLimitMs;
  return isAlive(owner.pid) && startTimeOf(owner.pid) === owner.started;
}

function readOwner(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

function ageOf(file) {
  try {
    return Date.now() - statSync(file).mtimeMs;
  } catch {
    return undefined;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Ticks since boot at which a process began (proc(5), field 22), so that a number used again is not taken for its former owner; null where there is no /proc. */
function startTimeOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}
