import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { DindError } from '../../src/errors.js';
import { runCommand } from './command.js';

/** Programs of this machine, each with Debian's package of it. */
export type Programs = Readonly<Record<string, string>>;

/** Why the programs cannot be used here; undefined: they can, or `installPrograms` makes it so. */
export function findProgramObstacle(programs: Programs): string | undefined {
  const missing = missingPackages(programs);
  if (missing.length === 0 || (onPath('apt-get') && process.getuid?.() === 0)) return undefined;
  return `not installed: ${missing.join(', ')}`;
}

/** Installs what is missing with apt-get, as root. Throws DindError `programs-missing`. */
export async function installPrograms(programs: Programs, onLine: (line: string) => void): Promise<void> {
  const missing = missingPackages(programs);
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
      code: 'programs-missing',
      source: 'environment',
      doing: `installing ${missing.join(', ')}`,
      observed: stderr.trim(),
      hint: install.join(' '),
    });
}

function missingPackages(programs: Programs): string[] {
  return Object.entries(programs)
    .filter(([program]) => !onPath(program))
    .map(([, name]) => name);
}

function onPath(program: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
