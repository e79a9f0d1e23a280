import type Docker from 'dockerode';
import { isImageName } from './image-reference.js';

/**
 * Nothing that a user wrote leads a request elsewhere. dockerode puts names into the path of the URL as they are, where `../../x` names another path, and
 * docker-modem follows redirects, to other hosts too. Of what cannot be a name the engine can have nothing: the answer is its 404, and nothing is sent.
 */
export function checkRequests(docker: Docker): Docker {
  const modem = docker.modem as unknown as { buildRequest: (options: object, ...rest: unknown[]) => void };
  const build = modem.buildRequest.bind(modem);
  modem.buildRequest = (options, ...rest) => {
    build(Object.assign(options, { maxRedirects: 0 }), ...rest);
  };
  check(docker, 'getImage', 'image', isImageName);
  for (const [verb, kind] of [
    ['getContainer', 'container'],
    ['getExec', 'command'],
    ['getNetwork', 'network'],
    ['getVolume', 'volume'],
  ] as const)
    check(docker, verb, kind, isObjectName);
  return docker;
}

type Getter = 'getImage' | 'getContainer' | 'getExec' | 'getNetwork' | 'getVolume';

function check(docker: Docker, verb: Getter, kind: string, isName: (name: string) => boolean): void {
  const getters = docker as unknown as Record<Getter, (name: string) => unknown>;
  const get = getters[verb].bind(docker);
  getters[verb] = (name) => {
    if (isName(name)) return get(name);
    throw Object.assign(new Error(`no such ${kind}: \`${name}\` cannot be the name of one`), { statusCode: 404 });
  };
}

/** moby's RestrictedNameChars; ids are of the same letters. */
function isObjectName(name: string): boolean {
  return /^[a-z0-9][\w.-]*$/i.test(name);
}
