/** What Docker's client keeps of a registry (engine/registry-credentials.ts). */
type Credentials = { serveraddress: string } & ({ username: string; password: string } | { identitytoken: string });

/** Credentials as kubelets read them: Docker's config.json with names and passwords alone. `left`: registries whose credentials have another form. */
export function renderRegistryAuth(credentials: readonly Credentials[]): { auth: string; left: string[] } {
  const auths = credentials.flatMap((one) =>
    'username' in one
      ? [[one.serveraddress, { auth: Buffer.from(`${one.username}:${one.password}`).toString('base64') }] as const]
      : [],
  );
  return {
    auth: `${JSON.stringify({ auths: Object.fromEntries(auths) })}\n`,
    left: credentials.flatMap((one) => ('username' in one ? [] : [one.serveraddress])),
  };
}
