import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { execa } from 'execa';
import type { Lab } from '../lab/types.js';

/** What `clean` must put back on an engine host: everything that dind64 or the engine on its behalf may change, without counters. */
export interface HostState {
  rules: string;
  sysctls: string;
  routes: string;
  objects: string;
  kubeconfig: string;
}

/** Reads it in the lab's engine host. `kubeconfig`: path of the user's file. */
export async function readHostState(lab: Lab, kubeconfig: string): Promise<HostState> {
  const run = async (argv: string[]): Promise<string> => (await lab.exec('host', argv)).stdout;
  const docker = async (argv: string[]): Promise<string> =>
    (await execa('docker', argv, { env: { DOCKER_HOST: lab.engineEndpoint ?? '' } })).stdout;
  const sysctls = [
    'net.ipv4.ip_forward',
    'net.ipv6.conf.all.forwarding',
    'net.ipv6.conf.default.forwarding',
    'net.ipv6.conf.eth0.accept_ra',
    'net.ipv6.conf.eth0.forwarding',
  ];
  return {
    rules: dropEmptyBuiltins(dropCounters(await run(['nft', '-s', 'list', 'ruleset']))),
    sysctls: (
      await Promise.all(
        sysctls.map(
          async (name) =>
            `${name}=${(await lab.host(['cat', `/proc/sys/${name.replaceAll('.', '/')}`])).stdout.trim()}`,
        ),
      )
    ).join('\n'),
    routes: [await run(['ip', '-4', 'route']), await run(['ip', '-6', 'route']), await run(['ip', '-6', 'rule'])]
      .join('')
      .replaceAll(/expires \d+sec/g, ''),
    objects: [
      await docker(['ps', '-aq']),
      await docker(['network', 'ls', '--format', '{{.Name}}']),
      (await docker(['volume', 'ls', '-q']))
        .split('\n')
        .filter((name) => !name.startsWith('dind64-components'))
        .join('\n'),
    ].join('\n--\n'),
    kubeconfig: await readFile(kubeconfig).then(
      (content) => createHash('sha256').update(content).digest('hex'),
      () => 'absent',
    ),
  };
}

function dropCounters(ruleset: string): string {
  return ruleset.replaceAll(/counter packets \d+ bytes \d+/g, 'counter');
}

/** The engine makes iptables' built-in chains as it needs them and leaves them when they are empty again: they hold nothing and do nothing. */
function dropEmptyBuiltins(ruleset: string): string {
  const chains = ruleset.replaceAll(/\n?\tchain [A-Z]+ \{\n\t\ttype [^\n]*policy accept;\n\t\}\n/g, '');
  return chains.replaceAll(/table \S+ \S+ \{\n*\}\n/g, '');
}
