import type { Engine, ExecOptions, ExecResult } from '../engine/types.js';
import { labels } from '../labels.js';
import type { Vantage } from './run-probe.js';

export type { Vantage } from './run-probe.js';

/** A running container of the engine: a node or a helper. It needs bash 5 and coreutils. */
export function fromContainer(engine: Engine, container: string): Vantage {
  return { name: container, execute: (argv, options) => engine.exec(container, argv, options) };
}

/** The engine host's own network, with the resolvers it has: a short-lived container without any capability but those given (ping wants NET_RAW there). */
export function fromHost(engine: Engine, baseImage: string, capabilities: string[] = []): Vantage {
  return {
    name: `the engine host of ${engine.endpoint}`,
    execute: (argv, { onLine, ...options }) =>
      engine.run(
        {
          image: baseImage,
          entrypoint: argv.slice(0, 1),
          command: argv.slice(1),
          labels: { [labels.role]: 'throw-away' },
          capabilities,
          network: 'host',
          // With the engine's user namespace remap, host networking is refused otherwise.
          userNamespace: 'host',
          readOnlyRoot: true,
        },
        { ...options, onLine: onLine && ((line) => onLine(line, 'stdout')) },
      ),
  };
}

/** A pod, by kubectl on the control plane's node. */
export function fromPod(
  engine: Engine,
  controlPlane: string,
  pod: { namespace: string; name: string; node: string },
): Vantage {
  const kubectl = ['kubectl', '--kubeconfig=/etc/kubernetes/admin.conf', `--namespace=${pod.namespace}`];
  return {
    name: `pod ${pod.name} on ${pod.node}`,
    execute: (argv: string[], options: ExecOptions): Promise<ExecResult> =>
      engine.exec(controlPlane, [...kubectl, 'exec', '--stdin', pod.name, '--', ...argv], options),
  };
}
