import { DindError, WaitError, type DindErrorDetails } from '../errors.js';
import type { Endpoint } from './endpoint.js';
import { engineMessage, type DockerFailure } from './engine-error.js';
import { howTo } from '../how-to.js';

/** The machine that dind64 runs on, as far as it decides what to install. */
export interface Machine {
  platform: NodeJS.Platform;
  isRoot: boolean;
  isDebianLike: boolean;
}

/** Why no engine answered at an endpoint, told apart by what the socket said. `engineInstalled`: a dockerd is on this machine; `limitMs`: how long it had. */
export function connectionError(
  error: unknown,
  endpoint: Endpoint,
  { engineInstalled, limitMs, machine }: { engineInstalled: boolean; limitMs: number; machine: Machine },
): DindError {
  const failure = error as DockerFailure;
  const code = failure.statusCode === undefined ? failure.code : undefined;
  const where = endpoint.source === 'the default' ? endpoint.url : `${endpoint.url}, as ${endpoint.source} says`;
  const details = (rest: Pick<DindErrorDetails, 'code' | 'observed' | 'hint'>): DindError =>
    new DindError({ source: 'environment', doing: 'connecting to the Docker engine', where, cause: error, ...rest });
  const elsewhere = endpoint.source === 'the default' ? '' : `; or unset what points there (${endpoint.source})`;

  if (code === 'EACCES' || code === 'EPERM') {
    return details({
      code: 'engine-permission',
      observed: 'permission denied on the socket',
      hint: 'join the group docker: `sudo usermod -aG docker $USER`, then log in again, or run `newgrp docker` in this shell',
    });
  }
  if (endpoint.address.kind === 'unix' && (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENOTSOCK')) {
    if (startCommand(endpoint) !== defaultStart || engineInstalled) {
      return details({
        code: 'engine-stopped',
        observed: 'there is no socket: the engine is installed but does not run',
        hint: `start it: ${startCommand(endpoint)}${elsewhere}`,
      });
    }
    return details({
      code: 'engine-not-found',
      observed: 'there is no socket',
      hint: `${installHint(machine)}${elsewhere}`,
    });
  }
  if (code === 'ECONNREFUSED') {
    return details({
      code: 'engine-stopped',
      observed: 'nobody listens there: the engine does not run',
      hint: `start it: ${startCommand(endpoint)}${elsewhere}`,
    });
  }
  if (error instanceof WaitError) {
    return details({
      code: 'engine-silent',
      observed: `no answer within ${limitMs / 1000} s`,
      hint: 'something listens there and says nothing: `journalctl -u docker` shows whether the engine is still starting',
    });
  }
  const observed = engineMessage(failure);
  if (/HTTP request to an HTTPS server/.test(observed)) {
    return details({
      code: 'engine-not-found',
      observed,
      hint: 'this engine wants TLS: DOCKER_TLS_VERIFY=1, and DOCKER_CERT_PATH=<folder of ca.pem, cert.pem, key.pem>',
    });
  }
  return details({ code: 'engine-not-found', observed, hint: `\`docker version\` must work first${elsewhere}` });
}

/** Where there is no engine at all. An engine of dind64's own is for root on a Debian-like Linux (embedded/); Debian's own package is too old up to 13. */
function installHint({ platform, isRoot, isDebianLike }: Machine): string {
  if (platform !== 'linux')
    return 'install Docker Desktop (https://docs.docker.com/desktop/), or point a context at a Linux machine with Docker 28 or newer';
  const install = 'install Docker Engine 28 or newer (https://docs.docker.com/engine/install/)';
  if (!isDebianLike) return `${install}; dind64 brings an engine of its own only on Debian, Ubuntu and their like`;
  return isRoot
    ? install
    : `${install}; or be root, and dind64 starts an engine of its own (with sudo, give it your settings: \`sudo -E ${howTo('up')}\`)`;
}

const defaultStart = '`sudo systemctl start docker`';

function startCommand(endpoint: Endpoint): string {
  if (endpoint.address.kind !== 'unix') return 'on that machine, `sudo systemctl start docker`';
  const { path } = endpoint.address;
  if (/\.docker\/(desktop|run)\//.test(path)) return 'open Docker Desktop';
  if (path.includes('/.colima/')) return '`colima start`';
  if (path.includes('/.orbstack/')) return '`orb start`';
  if (path.includes('/.rd/')) return 'open Rancher Desktop';
  return defaultStart;
}
