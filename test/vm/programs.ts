import { findProgramObstacle } from '../lab/programs.js';

/** What runs a virtual machine. */
export const machinePrograms = {
  'qemu-system-x86_64': 'qemu-system-x86',
  ssh: 'openssh-client',
  'mkfs.ext4': 'e2fsprogs',
  npm: 'npm',
} as const;

/** Why no virtual machine can run here; undefined: it can, or `installPrograms` makes it so. */
export function findMachineObstacle(): string | undefined {
  if (process.arch !== 'x64') return `no virtual machine is described for this architecture (${process.arch})`;
  return findProgramObstacle(machinePrograms);
}
