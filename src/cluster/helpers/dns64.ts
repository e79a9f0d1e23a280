import type { Engine } from '../../engine/types.js';
import { CommandError } from '../../errors.js';
import { labels } from '../../labels.js';
import type { ClusterPlan } from '../../plan/types.js';
import { renderDns64Files } from '../../render/dns64.js';
import { applyLiveFiles } from './helper.js';
import { type HelperWait, waitForHelper } from './helper.js';

type Mode = ClusterPlan['mode'];

/**
 * Gives the DNS64 container the plan's configuration with this mode, without a restart: unbound reloads (under 0.5 s) and forgets what
 * it has cached. A stopped container takes it at its start. Says whether something changed. Throws CommandError when unbound refuses.
 */
export async function switchDns64Mode(
  engine: Engine,
  plan: Pick<ClusterPlan, 'nodeNetwork' | 'nat64' | 'dns64'>,
  mode: Mode,
): Promise<boolean> {
  return applyLiveFiles(engine, plan.dns64.name, renderDns64Files({ ...plan, mode }), {
    command: ['dind64-reload'],
    doing: `switching AAAA use ${mode.aaaa ? 'on' : 'off'} in DNS64`,
  });
}

/** Answers of the mode are served once this returns. Throws WaitError. */
export async function waitForDns64(engine: Engine, plan: Pick<ClusterPlan, 'dns64'>, wait: HelperWait): Promise<void> {
  await waitForHelper(engine, {
    container: plan.dns64.name,
    condition: 'DNS64 answers',
    ...wait,
  });
}

/** Resolvers behind the engine's embedded one, as the engine writes them: `192.0.2.53`, `host(127.0.0.53)`. */
export interface ResolverComparison {
  /** Those the DNS64 container was started with. */
  used: string[];
  /** Those a container that is started now gets. */
  current: string[];
  changed: boolean;
}

type ResolverPlan = Pick<ClusterPlan, 'clusterName' | 'dns64' | 'egressNetwork' | 'baseImage'>;

/**
 * Whether the engine host has other resolvers now than when the DNS64 container was started: the engine hands them over only then. Asked of
 * a short-lived container beside it, since only the engine knows what it makes of the host's list. Upstreams of the user's are not compared.
 */
export async function compareResolvers(
  engine: Engine,
  plan: ResolverPlan,
  signal?: AbortSignal,
): Promise<ResolverComparison> {
  if (plan.dns64.upstreams.length > 0) return { used: [], current: [], changed: false };
  const argv = ['cat', '/etc/resolv.conf'];
  const where = plan.dns64.name;
  const asked = [
    engine.exec(where, argv, { signal }),
    engine.run(
      {
        image: plan.baseImage,
        entrypoint: argv,
        labels: { [labels.cluster]: plan.clusterName, [labels.role]: 'throw-away' },
        network: [{ network: plan.egressNetwork.name }],
      },
      { signal },
    ),
  ] as const;
  // The second one's container is removed at its end, and the command must not end before.
  await Promise.allSettled(asked);
  const [running, fresh] = await Promise.all(asked);
  for (const { exitCode, stdout, stderr } of [running, fresh]) {
    if (exitCode !== 0)
      throw new CommandError({
        doing: 'reading the resolvers of DNS64',
        where,
        argv,
        status: exitCode,
        output: stderr + stdout,
      });
  }
  const [used, current] = [running, fresh].map(({ stdout }) => parseExternalServers(stdout)) as [string[], string[]];
  return { used, current, changed: used.join(' ') !== current.join(' ') };
}

/** Starts the DNS64 container anew when the engine host's resolvers have changed, and waits until it answers. Says whether it did. */
export async function renewResolvers(
  engine: Engine,
  plan: ResolverPlan,
  limitMs: number,
  signal?: AbortSignal,
): Promise<boolean> {
  if (!(await compareResolvers(engine, plan, signal)).changed) return false;
  await engine.restartContainer(plan.dns64.name);
  await waitForDns64(engine, plan, { limitMs, signal });
  return true;
}

/** The comment that the engine writes into a container's resolv.conf: `# ExtServers: [host(127.0.0.53) 192.0.2.53]`. */
export function parseExternalServers(resolvConf: string): string[] {
  const list = /^# ExtServers: \[(.*)\]$/m.exec(resolvConf)?.[1] ?? '';
  return list.split(' ').filter((server) => server !== '');
}
