import type { ClusterStatus } from '../results/status.js';
import { renderTable } from './render-table.js';
import { howTo } from '../how-to.js';

/** `status` for people. */
export function renderStatus(status: ClusterStatus): string {
  const engine = `engine: Docker ${status.engine.version} at ${status.engine.endpoint}\n`;
  if (!status.exists) return `${status.cluster}: there is no such cluster (${howTo('up')})\n${engine}`;
  const { mode, attached, nodes, helpers, nat64, hostRules, guard, kubeconfigContext, drift, remarks } = status;
  return [
    `${status.cluster}: ${mode === undefined ? 'mode unknown' : `AAAA use is ${mode.aaaa ? 'on' : 'off'} (${mode.reason})`}\n`,
    engine,
    ...(attached === undefined
      ? []
      : [
          `attached to the ${attached.of} cluster ${attached.cluster} on network ${attached.network}${attached.dualStack ? ', dual-stack: pods prefer IPv4 for what has only A records' : ''}\n`,
        ]),
    `context: ${kubeconfigContext ?? 'not in the kubeconfig'}\n`,
    ...(nat64 === undefined ? [] : [`NAT64: ${nat64.engine} (${nat64.reason})\n`]),
    '\n',
    renderTable(
      ['NAME', 'ROLE', 'ADDRESS', 'STATE'],
      [
        ...nodes.map(({ name, role, address, health, ready }) => [
          name,
          role,
          address,
          health === 'running' ? describeReadiness(ready) : health,
        ]),
        ...helpers.map(({ name, role, address, health, detail }) => [
          name,
          role,
          address,
          detail === undefined ? health : `${health}: ${detail}`,
        ]),
      ],
    ),
    ...(hostRules.length === 0
      ? []
      : [
          '\n',
          renderTable(
            ['HOST RULE', 'STATE'],
            hostRules.map(({ name, present }) => [name, present ? 'present' : 'missing']),
          ),
          ...(guard === undefined ? [] : [`kept by ${guard.name}: ${describeGuard(guard)}\n`]),
        ]),
    ...(drift.length === 0
      ? []
      : [
          '\n',
          ...drift.map(
            (what) =>
              `not as recorded: ${what} (${howTo(attached === undefined ? 'up' : `attach --kind ${attached.cluster}`)})\n`,
          ),
        ]),
    ...(remarks.length === 0 ? [] : ['\n', ...remarks.map((remark) => `${remark}\n`)]),
  ].join('');
}

function describeGuard({ health, detail, mended }: NonNullable<ClusterStatus['guard']>): string {
  return [
    detail === undefined ? health : `${health}, ${detail}`,
    ...(mended === undefined ? [] : [`last mended ${mended}`]),
  ].join('; ');
}

function describeReadiness(ready: boolean | undefined): string {
  if (ready === undefined) return 'running, readiness unknown';
  return ready ? 'Ready' : 'running, not Ready';
}
