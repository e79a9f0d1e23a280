import { DindError } from '../errors.js';

/** The line that sends all names but the cluster's own somewhere: what stands before its targets, the targets, what stands behind. */
const forwardLine = /^([ \t]*forward[ \t]+\.[ \t]+)([^\s{#][^{#\n]*?)([ \t]*(?:\{.*|#.*)?)$/gm;

/** Where a Corefile forwards what is not the cluster's own; `undefined`: nowhere, or in several places, so that nobody but its author knows which is meant. */
export function findForwardTarget(corefile: string): string | undefined {
  const [line, ...others] = corefile.matchAll(forwardLine);
  return others.length > 0 ? undefined : line?.[2];
}

/** The Corefile with other targets in its one `forward . ...` line; every other byte is as it was. Throws DindError `corefile-custom`. */
export function redirectForward(corefile: string, target: string): string {
  if (findForwardTarget(corefile) === undefined) throw corefileCustom(corefile, target);
  return corefile.replace(forwardLine, (_, before: string, __, behind: string) => `${before}${target}${behind}`);
}

/**
 * The Corefile as it was before its forward line was redirected: byte for byte where nothing else was changed since, otherwise with the former targets in what it is now.
 * `undefined`: its forward line is gone or there are several, so there is nothing to put back.
 */
export function restoreForward(current: string, original: string): string | undefined {
  const now = findForwardTarget(current);
  const former = findForwardTarget(original);
  if (now === undefined || former === undefined) return undefined;
  return redirectForward(original, now) === current ? original : redirectForward(current, former);
}

function corefileCustom(corefile: string, target: string): DindError {
  const count = [...corefile.matchAll(forwardLine)].length;
  return new DindError({
    code: 'corefile-custom',
    source: 'user',
    exitCode: 2,
    doing: 'letting cluster DNS forward to DNS64',
    where: 'ConfigMap kube-system/coredns',
    observed: `its Corefile has ${count === 0 ? 'no line' : `${count} lines`} \`forward . ...\`, and exactly one can be redirected`,
    hint: `put this into the server block that is meant, in place of what forwards there, and attach again:\n    template IN HTTPS . { authority ". 30 IN SOA dind64. dind64. 1 30 30 30 30" }\n    forward . ${target}`,
  });
}
