import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { runCommand, runOrThrow } from './command.js';
import { renderConfigs, type ConfigOptions } from './configs.js';
import type { NetworkPlan } from './network.js';
import type { LabNamespace } from './types.js';
import { WaitError } from '../../src/errors.js';

/** Makes an instance's folders and every configuration file of its servers. */
export async function writeInstanceFiles(
  directory: string,
  resolvers: readonly string[],
  options: ConfigOptions,
): Promise<void> {
  const folders = ['conf', 'log', 'pid', 'ca', 'state/knot', 'state/www', 'state/registry'];
  await Promise.all(folders.map((folder) => mkdir(join(directory, folder), { recursive: true })));
  // Servers that drop root need to read their files; the key below ca is root's alone.
  await chmod(directory, 0o755);
  const files = {
    ...renderConfigs(options),
    'conf/resolv.conf': resolvers.map((address) => `nameserver ${address}\n`).join(''),
  };
  await Promise.all(
    Object.entries(files).map(async ([path, text]) => {
      await mkdir(dirname(join(directory, path)), { recursive: true });
      await writeFile(join(directory, path), text);
    }),
  );
}

/** Makes namespaces and the links between them. */
export async function createNamespaces(plan: NetworkPlan): Promise<void> {
  await runOrThrow("making the lab's network namespaces", ['ip', '-batch', '-'], {
    stdin: `${plan.outside.join('\n')}\n`,
  });
}

/** Sysctls, addresses and routes of every namespace, side by side. */
export async function configureNamespaces(plan: NetworkPlan, paths: Record<LabNamespace, string>): Promise<void> {
  await Promise.all(
    Object.entries(plan.inside).map(async ([namespace, { sysctls, ip }]) => {
      const settings = Object.entries(sysctls).map(
        ([key, value]) => `echo ${value} >/proc/sys/${key.replaceAll('.', '/')}`,
      );
      const script = `set -e\n${settings.join('\n')}\nexec ip -batch -`;
      await runOrThrow(
        `setting up the lab's namespace ${namespace}`,
        ['nsenter', `--net=${paths[namespace as LabNamespace]}`, 'sh', '-c', script],
        { stdin: `${ip.join('\n')}\n` },
      );
    }),
  );
}

/** Waits until the kernel of the engine host has taken an address and a default route from the router's advertisements. */
export async function waitForAdvertisedRoute(hostNamespace: string, limitMs = 10_000): Promise<void> {
  const end = Date.now() + limitMs;
  for (;;) {
    const argv = [
      'nsenter',
      `--net=${hostNamespace}`,
      'sh',
      '-c',
      'ip -6 route show default; ip -6 -o address show dev eth0 scope global -tentative',
    ];
    const { stdout } = await runCommand(argv);
    if (/^default via fe80.* proto ra/m.test(stdout) && /inet6 2001:db8:/.test(stdout)) return;
    if (Date.now() > end)
      throw new WaitError({
        condition: 'the engine host has its default route from router advertisements',
        where: hostNamespace,
        limitMs,
        lastObserved: stdout.trim() === '' ? 'no address and no default route' : stdout.trim(),
      });
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}
