import { parseMachineFacts } from '../doctor/parse-machine.js';
import { CommandError } from '../errors.js';
import { parseHostFacts } from '../host/parse-facts.js';
import { readScript } from '../shell.js';
import { askedPorts } from './checks/occupied.js';
import type { HostReading } from './checks/check.js';
import { parseHostSystem } from './parse-system.js';
import type { HostShell } from './transport.js';

/** In this order: the first one sets the path for all, and the second one takes the arguments. */
const scripts = ['hosts-check.bash', 'machine-facts.bash', 'host-facts.bash'];

/** Everything that the checks judge of one host, by one script that changes nothing. Throws DindError `host-not-read`, and what the shell throws. */
export async function readHost(name: string, shell: HostShell, signal: AbortSignal): Promise<HostReading> {
  // An empty list of resolvers: none is asked. And the space of the root file system.
  const args = [' ', '/'];
  const beforeMs = Date.now();
  const { exitCode, stdout, stderr } = await shell.run(scripts.map(readScript).join('\n'), args, { signal });
  const afterMs = Date.now();
  const network = parseHostFacts(stdout, askedPorts);
  // Without its last line it was cut off; without interfaces there is no `ip`.
  if (!/^@@ end$/m.test(stdout) || network.links.length === 0)
    throw new CommandError({
      code: 'host-not-read',
      doing: 'reading facts about a host',
      where: name,
      argv: ['bash', '-s', '--', ...args],
      status: exitCode,
      output: `${stdout}\n${stderr}`,
      hint: 'it needs bash 5, ip and ss (iproute2) on the host',
    });
  return {
    network,
    machine: parseMachineFacts(stdout, { beforeMs, afterMs }),
    system: parseHostSystem(stdout),
  };
}
