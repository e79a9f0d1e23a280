import { failure, ok, warning, type Check, type Outcome } from '../check.js';

/** Proxy variables are given to builds and to nodes, which have no IPv4 address and a loopback of their own. */
export const proxy: Check = {
  id: 'proxy',
  title: 'proxy',
  looked: 'HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY',
  evaluate: ({ proxy: variables }) => {
    const names = Object.keys(variables);
    if (names.length === 0) return ok('no proxy variables');
    const different = names.filter(
      (name) =>
        name === name.toUpperCase() &&
        variables[name.toLowerCase()] !== undefined &&
        variables[name.toLowerCase()] !== variables[name],
    );
    if (different.length > 0)
      return warning(
        `${different.join(', ')} and ${different.map((name) => name.toLowerCase()).join(', ')} differ: programs take one or the other`,
        `unset ${different.map((name) => name.toLowerCase()).join(' ')}`,
      );
    const problems = names
      .filter((name) => !/^no_proxy$/i.test(name))
      .map((name) => judgeUrl(name, variables[name] ?? ''));
    return (
      problems.find(({ status }) => status === 'failure') ??
      problems.find(({ status }) => status === 'warning') ??
      ok(`${names.join(', ')}; the cluster's own addresses are added to NO_PROXY for nodes`)
    );
  },
};

function judgeUrl(name: string, value: string): Outcome {
  const host = readHost(value);
  // The value itself may hold a password.
  if (host === undefined)
    return failure(
      `${name} is no URL; an IPv6 address in one needs brackets`,
      `export ${name}='http://[2001:db8::1]:3128'`,
    );
  if (/^(localhost|127\.|\[::1\])/.test(host))
    return warning(
      `${name} names this machine's loopback (${host}), which is another one in builds and nodes`,
      `export ${name}=http://NAME:PORT     # a name or address that containers reach`,
    );
  if (/^\d+\.\d+\.\d+\.\d+$/.test(host))
    return warning(
      `${name} names an IPv4 address (${host}): nodes have no IPv4 and cannot use it`,
      `export ${name}=http://NAME:PORT     # by its name: DNS64 gives it an address that nodes reach`,
    );
  return ok(name);
}

/** As Go's net/http reads it: `host:port` is an http URL. */
function readHost(value: string): string | undefined {
  try {
    return new URL(/^[a-z0-9]+:\/\//i.test(value) ? value : `http://${value}`).hostname;
  } catch {
    return undefined;
  }
}
