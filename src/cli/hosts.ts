import { renderHostsPlan } from '../hosts/render-plan.js';
import { checkHosts, initHostsFile, planHostsFile } from '../index.js';
import { renderHostsCheck } from './render-hosts-check.js';
import type { Registration } from './verb.js';

const config = ['--config <file>', 'the hosts file', 'config.yaml'] as const;

export const registerHosts: Registration = (program, run) => {
  const hosts = program
    .command('hosts')
    .description('a cluster over several hosts: its file, its plan, and what is wrong with its hosts')
    .allowExcessArguments()
    .action(() => {
      const [unknown] = hosts.args;
      if (unknown !== undefined) hosts.error(`unknown command '${unknown}' of hosts`);
      hosts.help();
    });
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
  hosts
    .command('check')
    .description('look at the hosts, by ssh, for what keeps a cluster from working on them; change nothing')
    .option(...config)
    .option('--host <name>', 'look at this host alone')
    .option('--json', 'for programs', false)
    .action((options: { config: string; host?: string; json: boolean }) =>
      run('hosts check', {}, async ({ context, streams, paint }) => {
        const report = await checkHosts(context, { file: options.config, host: options.host });
        streams.stdout.write(options.json ? `${JSON.stringify(report, null, 2)}\n` : renderHostsCheck(report, paint));
        return report.counts.failure > 0 ? 1 : 0;
      }),
    );
};
