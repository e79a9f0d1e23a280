import { Command } from 'commander';
import type { Streams } from '../cluster/results.js';
import { readOwnVersion } from '../version.js';
import { registerAaaa } from './aaaa.js';
import { registerAttach } from './attach.js';
import { registerCapture } from './capture.js';
import { registerClean } from './clean.js';
import { registerDoctor } from './doctor.js';
import { registerDown } from './down.js';
import { registerDump } from './dump.js';
import { registerHosts } from './hosts.js';
import { registerImages } from './images.js';
import { registerKubeconfig } from './kubeconfig.js';
import { registerKubectl } from './kubectl.js';
import { registerLoadImage } from './load-image.js';
import { registerNat64 } from './nat64.js';
import { registerPause } from './pause.js';
import { registerPlan } from './plan.js';
import { registerStatus } from './status.js';
import { registerTrace } from './trace.js';
import { registerUp } from './up.js';
import { registerVerify } from './verify.js';
import type { Runner } from './verb.js';

const registrations = [
  registerUp,
  registerDown,
  registerClean,
  registerStatus,
  registerDoctor,
  registerDump,
  registerPlan,
  registerImages,
  registerKubeconfig,
  registerKubectl,
  registerAaaa,
  registerNat64,
  registerAttach,
  registerLoadImage,
  registerPause,
  registerVerify,
  registerTrace,
  registerCapture,
  registerHosts,
];

/** The command line: verbs, flags and help. Throws CommanderError for what it does not know and after help. */
export function createProgram(run: Runner, streams: Streams): Command {
  const program = new Command('dind64')
    .description(
      'IPv6-only Kubernetes test clusters in Docker that reach everything. Settings: DIND_* variables, or .env (.env.example lists them).',
    )
    .version(readOwnVersion(), '--version', 'the version of dind64')
    .enablePositionalOptions()
    .exitOverride()
    // Errors are rendered once, in main.
    .configureOutput({ writeOut: (text) => streams.stdout.write(text), writeErr: () => undefined })
    .addHelpText(
      'after',
      '\nExit codes: 0 done, 1 an operation failed, 2 bad settings or usage, 3 a wait ran out, 70 a bug in dind64, 130 interrupted',
    );
  let verbose = false;
  for (const register of registrations)
    register(program, (verb, traits, action) => run(verb, { ...traits, verbose }, action));
  // What stands behind `kubectl` is kubectl's own.
  for (const command of program.commands.filter((each) => each.name() !== 'kubectl'))
    command.option('--verbose', 'show each command that runs in a container', false);
  program.hook('preAction', (_, command) => {
    verbose = command.opts<{ verbose?: boolean }>().verbose ?? false;
  });
  return program;
}
