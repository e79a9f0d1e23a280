import { kubectl } from '../index.js';
import type { Registration } from './verb.js';

/** Everything behind the word is kubectl's own, `--help` and `--` included; its exit code is ours. */
export const registerKubectl: Registration = (program, run) => {
  program
    .command('kubectl')
    .description('run kubectl against the cluster; none has to be installed')
    .argument('[arguments...]')
    .helpOption(false)
    .allowUnknownOption()
    .passThroughOptions()
    .action(() => {
      const argv = (program as unknown as { rawArgs: string[] }).rawArgs;
      return run('kubectl', {}, ({ context, streams }) =>
        kubectl(context, argv.slice(argv.indexOf('kubectl') + 1), streams),
      );
    });
};
