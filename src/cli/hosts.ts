import { renderHostsPlan } from '../hosts/render-plan.js';
import { initHostsFile, planHostsFile } from '../index.js';
import type { Registration } from './verb.js';

const config = ['--config <file>', 'the hosts file', 'config.yaml'] as const;

export const registerHosts: Registration = (program, run) => {
  const hosts = program.command('hosts').description('a cluster over several hosts: its file and its plan');
  hosts
    .command('init')
    .description('write a commented example of a hosts file; an existing file is left as it is')
    .option(...config)
    .action((options: { config: string }) =>
      run('hosts init', {}, async ({ streams }) => {
        streams.stdout.write(`wrote ${await initHostsFile(options.config)}\n`);
      }),
    );
  hosts
    .command('plan')
    .description('show the roles, addresses, routes and provisioning of each host; ask and change none')
    .option(...config)
    .option('--json', 'for programs, with the files of each host', false)
    .action((options: { config: string; json: boolean }) =>
      run('hosts plan', {}, async ({ streams }) => {
        const plan = await planHostsFile(options.config);
        streams.stdout.write(options.json ? `${JSON.stringify(plan, null, 2)}\n` : renderHostsPlan(plan));
      }),
    );
};
