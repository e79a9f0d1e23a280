import type { PublishedPort } from '../../engine/types.js';
import type { NamedContainerSpec, PlanCore } from '../types.js';
import { planHelperContainer } from './helper.js';

/** Port of the API servers, and of the forwarder inside its container. */
export const apiServerPort = 6443;

/**
 * The API forwarder carries the engine host's loopback to the control planes: an engine publishes no 127.0.0.1 port for a container
 * without IPv4, and Docker Desktop no [::1].
 */
export function planApiContainer(plan: PlanCore): NamedContainerSpec {
  const { port, publishIpv6 } = plan.api;
  const hostIps: PublishedPort['hostIp'][] = publishIpv6 ? ['127.0.0.1', '::1'] : ['127.0.0.1'];
  return {
    ...planHelperContainer(plan, 'api'),
    user: 'haproxy',
    ports: hostIps.map((hostIp) => ({ hostIp, hostPort: port, containerPort: apiServerPort })),
  };
}
