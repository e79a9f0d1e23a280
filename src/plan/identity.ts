/** FNV-1a, 64 bits: a stable, well-spread number for names (bridge names, MAC addresses, derived CIDRs); no secret depends on it. */
export function hashName(text: string): bigint {
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(text))
    hash = ((hash ^ BigInt(byte)) * 0x100000001b3n) & 0xffffffffffffffffn;
  return hash;
}

/** `length` lower-case hex digits (16 at most) of the name's hash. */
export function hexIdentity(text: string, length: number): string {
  return hashName(text).toString(16).padStart(16, '0').slice(-length);
}

/** A locally administered unicast MAC address (02:...) that is always the same for one name, so a container made anew leaves no stale neighbours. */
export function macAddressFor(name: string): string {
  const digits = hexIdentity(name, 10);
  return ['02', ...(digits.match(/../g) ?? [])].join(':');
}
