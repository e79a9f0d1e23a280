import { DindError } from '../errors.js';

export function hasCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}

/** A file system error as a DindError `kubeconfig-not-writable` that says which file and what to do; what is none comes back as it is. */
export function explainWriteError(error: unknown, path: string): unknown {
  const reasons: Record<string, string> = {
    EACCES: 'permission denied: the file or its directory is not writable for this user',
    EPERM: 'not permitted: the file belongs to somebody else or is immutable',
    EROFS: 'the file system is read-only',
    ENOSPC: 'no space is left on the device',
    ENOTDIR: 'a part of the path is not a directory',
    EISDIR: 'it is a directory',
  };
  if (!(error instanceof Error && 'syscall' in error)) return error;
  const reason = Object.entries(reasons).find(([code]) => hasCode(error, code))?.[1] ?? error.message;
  return new DindError({
    code: 'kubeconfig-not-writable',
    source: 'environment',
    doing: 'writing a kubeconfig',
    where: path,
    observed: reason,
    hint: 'make it writable, or let dind64 use another one: DIND_KUBECONFIG=./kubeconfig',
    cause: error,
  });
}
