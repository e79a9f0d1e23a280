import {
  accessSync,
  chownSync,
  constants,
  existsSync,
  lstatSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, resolve } from 'node:path';
import { DindError } from '../errors.js';
import { makeDirectories } from '../make-directories.js';
import { parseKubeconfig, renderKubeconfig, type KubeconfigDocument } from './document.js';
import { explainWriteError, hasCode } from './write-error.js';

/** The documents of the files that exist, in client-go's order. Throws DindError `kubeconfig-malformed`, `kubeconfig-not-readable`. */
export function readKubeconfigs(files: readonly string[]): KubeconfigDocument[] {
  return usable(files).flatMap((file) => {
    const text = readText(file);
    return text === undefined ? [] : [parseKubeconfig(file, text)];
  });
}

/** Where new entries go: the first file of the list that exists, else the last one (client-go's PathOptions.GetDefaultFilename). */
export function defaultFile(files: readonly string[]): string {
  const list = usable(files);
  const file = list.find((candidate) => existsSync(candidate)) ?? list.at(-1);
  if (file === undefined) throw new RangeError('no kubeconfig file is given');
  return file;
}

/** Makes the file's directory, 0700, where it is missing. Returns the topmost directory made. */
export function ensureDirectory(file: string): string | undefined {
  const directory = dirname(resolve(file));
  try {
    const topmost = makeDirectories(directory, 0o700);
    if (topmost !== undefined)
      for (let made = directory; made !== dirname(topmost); made = dirname(made)) giveAway(made, dirname(topmost));
    return topmost;
  } catch (error) {
    throw explainWriteError(error, directory);
  }
}

/**
 * Writes a document at once or not at all: into a file beside the target, then renamed. A symbolic link stays one, and a device a device. A new file
 * gets mode 0600 and its folder's owner; an existing one keeps mode and owner. Throws DindError `kubeconfig-not-writable`.
 * Not write-file-atomic: it replaces dangling links and write-protected files, and without root it loses a file's owner.
 */
export function writeKubeconfig(document: KubeconfigDocument): void {
  const target = followLinks(document.file);
  const text = renderKubeconfig(document);
  const before = statSync(target, { throwIfNoEntry: false });
  if (before?.isFile() === false) {
    writeInPlace(target, text, document.file);
    return;
  }
  const temporary = `${target}.dind64-${process.pid}`;
  try {
    // A rename would go past the write protection of a read-only file.
    if (before !== undefined) accessSync(target, constants.W_OK);
    writeFileSync(temporary, text, { mode: before === undefined ? 0o600 : before.mode & 0o777, flag: 'wx' });
    if (before === undefined) giveAway(temporary, dirname(target));
    else chownSync(temporary, before.uid, before.gid);
    renameSync(temporary, target);
  } catch (error) {
    rmSync(temporary, { force: true });
    // EBUSY: the file is a mount point (a kubeconfig bound into a container); EPERM: somebody else's file that this user may write.
    if (!hasCode(error, 'EBUSY', 'EPERM') || before === undefined) throw explainWriteError(error, document.file);
    writeInPlace(target, text, document.file);
  }
}

/** What root makes in a user's folder (`sudo -E`) is that user's: kubectl must be able to read it. */
function giveAway(made: string, folder: string): void {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = statSync(folder);
  // Some file systems give every file to one user, and take no other.
  if (statSync(made).uid !== uid) chownSync(made, uid, gid);
}

/** Removes a file that dind64 made. */
export function removeKubeconfig(file: string): void {
  try {
    rmSync(followLinks(file), { force: true });
  } catch (error) {
    throw explainWriteError(error, file);
  }
}

/** Removes the directories from the file's up to `topmost`, as far as they are empty. */
export function removeEmptyDirectories(file: string, topmost: string): void {
  let directory = dirname(resolve(file));
  try {
    while (directory === topmost || directory.startsWith(`${topmost}/`)) {
      rmdirSync(directory);
      directory = dirname(directory);
    }
  } catch {
    // Something else is in there by now (kubectl's cache): it stays.
  }
}

function writeInPlace(target: string, text: string, file: string): void {
  try {
    writeFileSync(target, text);
  } catch (error) {
    throw explainWriteError(error, file);
  }
}

/** Whether a device stands in the file's place (/dev/null): it says nothing, and takes what is written. */
export function isDevice(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isCharacterDevice() === true;
}

/** Whether this user may write a file that is there, or make it. Throws DindError `kubeconfig-not-writable`. */
export function assertWritable(file: string): void {
  try {
    const target = followLinks(file);
    accessSync(existsSync(target) ? target : dirname(resolve(target)), constants.W_OK);
  } catch (error) {
    throw explainWriteError(error, file);
  }
}

function readText(file: string): string | undefined {
  try {
    const found = statSync(file);
    if (found.isCharacterDevice()) return '';
    // Reading one would wait for a writer, deaf to signals.
    if (!found.isFile() && !found.isDirectory()) throw new Error('it is neither a file nor a device');
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw new DindError({
      code: 'kubeconfig-not-readable',
      source: 'environment',
      doing: 'reading a kubeconfig',
      where: file,
      observed: hasCode(error, 'EISDIR') ? 'it is a directory' : error instanceof Error ? error.message : String(error),
      hint: 'make it readable, or let dind64 use another one: DIND_KUBECONFIG=./kubeconfig',
      cause: error,
    });
  }
}

/** Where writing must go so that links stay links, dangling ones too. */
function followLinks(file: string): string {
  try {
    return realpathSync(file);
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw explainWriteError(error, file);
    if (lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink() !== true) return file;
    return followLinks(resolve(dirname(file), readlinkSync(file)));
  }
}

function usable(files: readonly string[]): string[] {
  return [...new Set(files.filter((file) => file !== ''))];
}
