import { inspect } from 'node:util';
import type Docker from 'dockerode';

/**
 * docker-modem renders the options of every request for its debug output, whether anybody wants that or not, with everything that hangs on them: the agent with
 * its sockets, and an abort signal with all who listen to it. With thirty requests side by side that took a minute of the processor. A short text stands in.
 */
export function quietInspection(docker: Docker): Docker {
  const modem = docker.modem as unknown as { buildRequest: (options: object, ...rest: unknown[]) => void };
  const build = modem.buildRequest.bind(modem);
  modem.buildRequest = (options, ...rest) => {
    // Not enumerable, so that it gets no further than these options.
    Object.defineProperty(options, inspect.custom, { value: () => 'a request' });
    build(options, ...rest);
  };
  return docker;
}
