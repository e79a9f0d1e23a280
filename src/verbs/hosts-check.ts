import type { Context } from '../cluster/context.js';
import { DindError } from '../errors.js';
import type { ConfiguredHost, HostsConfig } from '../hosts/config.js';
import { evaluateHosts, type HostAnswer } from '../hosts/evaluate.js';
import { readHost } from '../hosts/read-host.js';
import { openTransport, type HostTransport } from '../hosts/transport.js';
import type { HostsCheck } from '../results/hosts-check.js';
import { scaleLimit } from '../wait.js';
import { readHostsFile } from './read-hosts-file.js';

/** Until a host has answered by ssh, and until it has been read. */
const limits = { reachMs: 20_000, readMs: 30_000 };

/**
 * Looks at the hosts of a hosts file, or at one of them by its name, all side by side, and says what is wrong and what to do; changes nothing. A
 * host that cannot be reached is a finding. Throws DindError `hosts-file-unreadable`, `bad-hosts-config`, `no-such-host`.
 */
export async function checkHosts(
  context: Context,
  options: { file: string; host?: string | undefined },
): Promise<HostsCheck> {
  const start = performance.now();
  const config = await readHostsFile(options.file);
  const hosts = chooseHosts(config, options);
  await using transport = await openTransport();
  const asked = await Promise.all(
    hosts.map(async (host) => ({ host, answer: await askHost(context, transport, host) })),
  );
  return { ...evaluateHosts(config, asked), durationMs: Math.round(performance.now() - start) };
}

function chooseHosts(
  config: HostsConfig,
  { file, host }: { file: string; host?: string | undefined },
): ConfiguredHost[] {
  const chosen = config.hosts.filter(({ name }) => host === undefined || name === host);
  if (chosen.length > 0) return chosen;
  throw new DindError({
    code: 'no-such-host',
    source: 'user',
    exitCode: 2,
    doing: 'choosing a host',
    where: file,
    observed: `there is no host ${host}`,
    hint: `its hosts are ${config.hosts.map(({ name }) => name).join(', ')}`,
  });
}

async function askHost(
  { signal, environment, log }: Context,
  transport: HostTransport,
  host: ConfiguredHost,
): Promise<HostAnswer> {
  const scale = (ms: number): number => scaleLimit(ms, environment.settings.timeoutMs);
  try {
    const shell = await transport.reach(host, { signal, limitMs: scale(limits.reachMs) });
    const limit = AbortSignal.any([signal, AbortSignal.timeout(scale(limits.readMs))]);
    return { reading: await readHost(host.name, shell, limit) };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof DindError)) throw error;
    log.warn({ err: error }, 'a host could not be read');
    return { error };
  }
}
