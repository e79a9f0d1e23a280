import { kubeconfig } from '../index.js';
import type { Registration } from './verb.js';

export const registerKubeconfig: Registration = (program, run) => {
  program
    .command('kubeconfig')
    .description('print the cluster’s kubeconfig')
    .option('--internal', 'with the API’s address on the node network, for containers that are joined to it', false)
    .action(({ internal }: { internal: boolean }) =>
      run('kubeconfig', {}, async ({ context, streams }) => {
        streams.stdout.write(await kubeconfig(context, { internal }));
      }),
    );
};
