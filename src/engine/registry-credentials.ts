import { execa } from 'execa';
import { readDockerConfig, type DockerConfig } from './docker-config.js';

/** What the engine sends to a registry (X-Registry-Auth). Never logged. */
export type RegistryCredentials = { serveraddress: string } & (
  { username: string; password: string } | { identitytoken: string }
);

/** The name under which Docker's client keeps the credentials of docker.io. */
const dockerHub = 'https://index.docker.io/v1/';

/**
 * Finds a registry's credentials as Docker's client does: config.json's credHelpers, else credsStore, else auths. `undefined`: none, pull as anybody.
 * A helper that is missing or fails is told to `onNotice` and counts as none, since most images are public.
 */
export async function findCredentials(
  configDirectory: string,
  registry: string,
  onNotice?: (line: string) => void,
): Promise<RegistryCredentials | undefined> {
  const config = await readDockerConfig(configDirectory);
  const server = registry === 'docker.io' ? dockerHub : registry;
  const helper = config.credHelpers?.[server] ?? config.credHelpers?.[registry] ?? config.credsStore;
  if (helper === undefined || helper === '') return fromAuths(config, server);
  return askHelper(helper, server, onNotice);
}

/**
 * All that Docker's client keeps: of the registries that config.json names, and of those that its store names. Docker Desktop's own tokens are no registry's.
 */
export async function listCredentials(
  configDirectory: string,
  onNotice?: (line: string) => void,
): Promise<RegistryCredentials[]> {
  const { auths = {}, credHelpers = {}, credsStore } = await readDockerConfig(configDirectory);
  const stored = credsStore === undefined || credsStore === '' ? [] : await listStore(credsStore, onNotice);
  const servers = new Set([...Object.keys(auths), ...Object.keys(credHelpers), ...stored]);
  const found = await Promise.all(
    [...servers]
      .filter((server) => !/\/(access|refresh)-token$/.test(server))
      .sort()
      .map((server) => findCredentials(configDirectory, server, onNotice)),
  );
  return found.filter((credentials) => credentials !== undefined);
}

async function listStore(helper: string, onNotice?: (line: string) => void): Promise<string[]> {
  const command = `docker-credential-${helper}`;
  const result = await execa(command, ['list'], { reject: false, timeout: 30_000 });
  try {
    if (result.exitCode === 0) return Object.keys(JSON.parse(result.stdout) as Record<string, string>);
  } catch {
    // Told below.
  }
  onNotice?.(
    `${command} does not list what it keeps (${result.code ?? `exit code ${result.exitCode}`}): going on without`,
  );
  return [];
}

async function askHelper(
  helper: string,
  server: string,
  onNotice?: (line: string) => void,
): Promise<RegistryCredentials | undefined> {
  const command = `docker-credential-${helper}`;
  const result = await execa(command, ['get'], { input: server, reject: false, timeout: 30_000 });
  if (result.exitCode !== 0) {
    // The helpers' own words for "none"; their output is not repeated otherwise, it may hold a secret.
    if (!/credentials not found/i.test(result.stdout + result.stderr))
      onNotice?.(
        `${command} gave no credentials for ${server} (${result.code ?? `exit code ${result.exitCode}`}): going on without`,
      );
    return undefined;
  }
  try {
    const { Username, Secret } = JSON.parse(result.stdout) as { Username: string; Secret: string };
    return Username === '<token>'
      ? { identitytoken: Secret, serveraddress: server }
      : { username: Username, password: Secret, serveraddress: server };
  } catch {
    onNotice?.(`${command} gave an answer for ${server} that is not its protocol's: going on without`);
    return undefined;
  }
}

function fromAuths(config: DockerConfig, server: string): RegistryCredentials | undefined {
  const entries = Object.entries(config.auths ?? {});
  const entry = entries.find(([key]) => key === server) ?? entries.find(([key]) => hostOf(key) === hostOf(server));
  if (entry === undefined) return undefined;
  const [, { auth, identitytoken }] = entry;
  if (identitytoken !== undefined && identitytoken !== '') return { identitytoken, serveraddress: server };
  const decoded = Buffer.from(auth ?? '', 'base64').toString('utf8');
  const colon = decoded.indexOf(':');
  return colon < 1
    ? undefined
    : { username: decoded.slice(0, colon), password: decoded.slice(colon + 1), serveraddress: server };
}

/** Old configurations have URLs as keys. */
function hostOf(key: string): string {
  return key.replace(/^https?:\/\//, '').replace(/\/.*$/, '');
}
