import { kubeconfig } from '../index.js';
import type { Registration } from './verb.js';

export const registerKubeconfig: Registration = (program, run) => {
  program
    .command('kubeconfig')
    .description('print the cluster’s kubeconfig')
    .action(() =>
      run('kubeconfig', {}, async ({ context, streams }) => {
        streams.stdout.write(await kubeconfig(context));
      }),
    );
};
