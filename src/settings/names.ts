import { badValue } from './definition.js';
import type { CheckTarget } from './types.js';

const label = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i;

/** The first part of container, network and host names: a DNS label of at most 40 characters that begins with a letter. */
export function parseClusterName(text: string): string {
  if (text.length > 40) throw badValue(`has ${text.length} characters`);
  if (!/^[a-z]([a-z0-9-]*[a-z0-9])?$/.test(text)) throw badValue('is not a DNS label');
  return text;
}

/** Names in lower case without the trailing dot; underscores are fine (RFC 2181 11). */
export function parseZone(text: string): string {
  const name = text.replace(/\.$/, '').toLowerCase();
  if (
    name === '' ||
    name.length > 253 ||
    !name.split('.').every((part) => /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/.test(part))
  ) {
    throw badValue(`\`${text}\` is not a domain name`);
  }
  return name;
}

/** `name` or `name:port`. Addresses are refused: they would leave DNS64 unchecked. */
export function parseCheckTarget(text: string): CheckTarget {
  const match = /^([^:]+)(?::(\d{1,5}))?$/.exec(text);
  const name = match?.[1]?.replace(/\.$/, '').toLowerCase() ?? '';
  if (
    match === null ||
    name.length > 253 ||
    !name.split('.').every((part) => label.test(part)) ||
    /^[\d.]+$/.test(name)
  ) {
    throw badValue(`\`${text}\` is not a host name with or without a port`);
  }
  return match[2] === undefined ? { name } : { name, port: parsePort(match[2]) };
}

export function parsePort(text: string): number {
  return parseWhole(text, 1, 65_535);
}

export function parseWhole(text: string, least: number, most: number): number {
  if (!/^(0|[1-9]\d{0,8})$/.test(text)) throw badValue(`\`${text}\` is not a whole number`);
  const value = Number(text);
  if (value < least || value > most) throw badValue(`\`${text}\` is not within ${least} to ${most}`);
  return value;
}

/** `1.37` or `v1.37`. kubeadm's v1beta4 configuration begins with 1.31. */
export function parseMinorVersion(text: string): string {
  const match = /^v?(1)\.(\d{1,2})(\.\d+)?$/.exec(text);
  if (match === null) throw badValue('is not a Kubernetes version');
  const minor = `1.${Number(match[2])}`;
  if (match[3] !== undefined)
    throw badValue('names a patch release', `did you mean \`${minor}\`? The node image decides the patch`);
  if (Number(match[2]) < 31) throw badValue('is too old: its kubeadm does not know the v1beta4 configuration');
  return minor;
}

/** An image reference as engines take it: `name`, `host:port/path:tag@digest`. */
export function parseImageReference(text: string): string {
  if (!/^[a-z0-9][\w.:/-]*(@sha256:[0-9a-f]{64})?$/i.test(text) || /[:/]$/.test(text))
    throw badValue('is not an image reference');
  return text;
}
