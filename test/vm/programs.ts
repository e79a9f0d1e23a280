import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { DindError } from '../../src/errors.js';
import { runCommand } from '../lab/command.js';

/** Programs of this machine that run another one, and Debian's packages of them. */
const programs = {
  'qemu-system-x86_64': 'qemu-system-x86',
  ssh: 'openssh-client',
  'mkfs.ext4': 'e2fsprogs',
  npm: 'npm',
} as const;

/** Why no virtual machine can run here; undefined: it can, or `installPrograms` makes it so. */
export function findMachineObstacle(): string | undefined {
  if (process.arch !== 'x64') return `no virtual machine is described for this architecture (${process.arch})`;
  const missing = missingPackages();
  return missing.length === 0 || onPath('apt-get') ? undefined : `not installed: ${missing.join(', ')}`;
}

/** Installs what is missing with apt-get, as root. Throws DindError `vm-programs-missing`. */
export async function installPrograms(onLine: (line: string) => void): Promise<void> {
  const missing = missingPackages();
  if (missing.length === 0) return;
  onLine(`installing ${missing.join(', ')}`);
  const env = {
    ...Object.fromEntries(Object.entries(process.env).map(([name, value]) => [name, value ?? ''])),
    DEBIAN_FRONTEND: 'noninteractive',
  };
  const install = ['apt-get', '-y', '--no-install-recommends', 'install', ...missing];
  // The package lists may be missing or stale: try what is there first.
  if ((await runCommand(install, { env })).exitCode === 0) return;
  await runCommand(['apt-get', 'update'], { env });
  const { exitCode, stderr } = await runCommand(install, { env });
  if (exitCode !== 0)
    throw new DindError({
      code: 'vm-programs-missing',
      source: 'environment',
      doing: 'installing what a virtual machine needs',
      observed: stderr.trim(),
      hint: install.join(' '),
    });
}

function missingPackages(): string[] {
  return Object.entries(programs)
    .filter(([program]) => !onPath(program))
    .map(([, name]) => name);
}

function onPath(program: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    const path = join(folder, program);
    if (!existsSync(path)) return false;
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
