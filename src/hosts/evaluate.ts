import { ok, failure, unknown } from '../doctor/check.js';
import { countFindings } from '../doctor/evaluate.js';
import type { DindError } from '../errors.js';
import type { CheckedHostReport, HostsCheck } from '../results/hosts-check.js';
import { hostChecks } from './checks/list.js';
import type { HostCheck, HostReading } from './checks/check.js';
import type { ConfiguredHost, HostsConfig } from './config.js';

/** What became of reading a host. */
export type HostAnswer = { reading: HostReading } | { error: DindError };

/** What the checks make of the hosts that were asked. A host that was not reached takes no other along. Pure. */
export function evaluateHosts(
  config: HostsConfig,
  asked: readonly { host: ConfiguredHost; answer: HostAnswer }[],
): Pick<HostsCheck, 'counts' | 'hosts'> {
  const first = asked.find(({ host }) => host.roles.includes('control-plane'))?.answer;
  const controlPlane = first !== undefined && 'reading' in first ? first.reading : undefined;
  const hosts = asked.map(({ host, answer }): CheckedHostReport => {
    const reachedBy = host.reachedBy === 'local' ? 'local' : host.reachedBy.ssh;
    const findings = [
      { ...reached, ...judgeReached(answer, reachedBy) },
      ...hostChecks
        .filter(({ of }) => isAsked(of, host))
        .map((check) => ({
          id: check.id,
          title: check.title,
          looked: check.looked,
          ...('reading' in answer
            ? check.judge({ host, config, reading: answer.reading, controlPlane })
            : unknown(`${host.name} was not read`)),
        })),
    ];
    return { name: host.name, reachedBy, counts: countFindings(findings), findings };
  });
  return { counts: countFindings(hosts.flatMap(({ findings }) => findings)), hosts };
}

const reached = { id: 'reached', title: 'reached', looked: 'a script on the host, by ssh or on this machine' };

function judgeReached(answer: HostAnswer, reachedBy: string): ReturnType<typeof ok> {
  if ('error' in answer) return failure(answer.error.observed, answer.error.hint);
  return ok(reachedBy === 'local' ? 'it is this machine' : `by ssh ${reachedBy}`);
}

function isAsked(of: HostCheck['of'], host: ConfiguredHost): boolean {
  if (of === 'nodes') return host.podCidr !== undefined;
  return of === undefined || host.roles.includes('nat64');
}
