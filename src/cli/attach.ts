import { attach, detach } from '../index.js';
import type { Registration } from './verb.js';
import { howTo } from '../how-to.js';

/** `attach` and `detach`: each other's way back. */
export const registerAttach: Registration = (program, run) => {
  program
    .command('attach')
    .description('give the pods of a kind cluster that is there DNS64 and NAT64')
    .requiredOption('--kind <name>', 'the cluster, as `kind get clusters` names it')
    .option('--network <name>', 'of the networks that its nodes share; needed where there are several')
    .action((options: { kind: string; network?: string }) =>
      run(
        'attach',
        {
          afterInterruption: `\`${howTo(`attach --kind ${options.kind}`)}\` completes it, \`${howTo(`detach --kind ${options.kind}`)}\` takes it back`,
        },
        ({ context }) => attach(context, options),
      ),
    );
  program
    .command('detach')
    .description('take DNS64 and NAT64 from a kind cluster again; it is as it was')
    .requiredOption('--kind <name>', 'the cluster, as `kind get clusters` names it')
    .action((options: { kind: string }) =>
      run(
        'detach',
        { afterInterruption: `\`${howTo(`detach --kind ${options.kind}`)}\` again completes it` },
        ({ context }) => detach(context, options),
      ),
    );
};
