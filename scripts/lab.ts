/** npm run lab -- up|down|status|shell: labs for people (test/lab). They last until `down`. */
import { spawnSync } from 'node:child_process';
import { userInfo } from 'node:os';
import { Command, Option } from 'commander';
import { DindError } from '../src/errors.js';
import { hostEnvironment } from '../test/lab/host.js';
import { startLab } from '../test/lab/lab.js';
import { openLab } from '../test/lab/open.js';
import { isStale, listRecords, type LabRecord } from '../test/lab/record.js';
import { pruneLabs, removeLab } from '../test/lab/remove.js';
import { sites } from '../test/lab/sites.js';
import type { LabProfile } from '../test/lab/types.js';

const program = new Command('lab')
  .description('A machine in a box, with an internet of its own. Needs root on Linux.')
  .enablePositionalOptions();
const say = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

program
  .command('up')
  .description('start a lab; it stays until `down`')
  .addOption(
    new Option('--profile <profile>', 'what the uplink carries').choices(['dual', 'v4only', 'v6only']).default('dual'),
  )
  .option('--instance <name>', 'name of the lab; default: the profile')
  .option('--router-advertisement', 'IPv6 address and route by router advertisements')
  .addOption(new Option('--resolvers <families>', "families of the host's resolvers").choices(['ipv4', 'ipv6', 'both']))
  .option('--no-engine', 'networks and servers alone')
  .option('--no-seed', 'an engine without any image')
  .addOption(
    new Option('--image-store <store>', 'image store of the engine').choices(['graph', 'containerd']).default('graph'),
  )
  .option(
    '--kubernetes <minor>',
    'Kubernetes version of its node image; default: the newest. The first lab of a version builds it',
  )
  .action(
    async (options: {
      profile: LabProfile;
      instance?: string;
      routerAdvertisement?: true;
      resolvers?: 'ipv4' | 'ipv6' | 'both';
      engine: boolean;
      seed: boolean;
      imageStore: 'graph' | 'containerd';
      kubernetes?: string;
    }) => {
      const lab = await startLab({
        profile: options.profile,
        instance: options.instance ?? options.profile,
        owned: false,
        onLine: say,
        engine: options.engine && {
          seed: options.seed,
          imageStore: options.imageStore,
          ...(options.kubernetes === undefined ? {} : { k8sVersion: options.kubernetes }),
        },
        ...(options.routerAdvertisement === true ? { ipv6Setup: 'router-advertisement' } : {}),
        ...(options.resolvers === undefined ? {} : { resolvers: options.resolvers }),
      });
      say(`lab ${lab.instance} is up (${lab.directory}); sites: ${Object.keys(sites).join(' ')}`);
      say(`next: npm run lab -- shell ${lab.instance}`);
      process.stdout.write(`${lab.engineEndpoint ?? lab.hostNamespace}\n`);
    },
  );

program
  .command('down [instance]')
  .description('remove a lab, or with --all every one')
  .option('--all', 'all labs of this machine, whoever started them')
  .action(async (instance: string | undefined, options: { all?: true }) => {
    for (const name of await pruneLabs()) say(`lab ${name} was stale: removed`);
    const records = options.all === true ? await listRecords() : [await chooseRecord(instance)];
    for (const record of records) {
      await removeLab(record);
      say(`lab ${record.instance} removed`);
    }
  });

program
  .command('status')
  .description('the labs of this machine')
  .option('--json', 'their records')
  .action(async (options: { json?: true }) => {
    const records = await Promise.all(
      (await listRecords()).map(async (record) => ({ ...record, stale: await isStale(record) })),
    );
    if (options.json === true) process.stdout.write(`${JSON.stringify(records, null, 2)}\n`);
    else if (records.length === 0) say('no lab runs');
    else
      for (const { instance, profile, stale, startedAt, engineEndpoint, namespaces } of records)
        process.stdout.write(
          `${instance}  ${profile}  ${stale ? 'stale' : 'running'} since ${startedAt}  ${namespaces.host}  ${engineEndpoint ?? 'no engine'}\n`,
        );
  });

program
  .command('shell [instance] [command...]')
  .description('a shell, or a command, as on the engine host: its network, its resolvers, DOCKER_HOST')
  .passThroughOptions()
  .action(async (instance: string | undefined, argv: string[]) => {
    const record = await chooseRecord(instance);
    const lab = await openLab(record.instance, removeLab);
    const given = argv[0] === '--' ? argv.slice(1) : argv;
    const command = given.length > 0 ? given : [userInfo().shell ?? '/bin/sh'];
    const [file = '', ...rest] = lab.hostArgv(command);
    const { status } = spawnSync(file, rest, {
      stdio: 'inherit',
      env: hostEnvironment(process.env, lab.engineEndpoint, { DIND64_LAB: lab.instance, DIND64_LAB_CA: lab.ca.path }),
    });
    process.exitCode = status ?? 1;
  });

async function chooseRecord(instance: string | undefined): Promise<LabRecord> {
  const records = await listRecords();
  const found =
    instance === undefined
      ? records.length === 1
        ? records[0]
        : undefined
      : records.find((record) => record.instance === instance);
  if (found !== undefined) return found;
  const names = records.map((record) => record.instance).join(', ');
  throw new DindError({
    code: 'lab-not-found',
    source: 'user',
    doing: 'choosing a lab',
    observed: instance === undefined ? `${records.length} labs run: ${names}` : `no lab ${instance}; running: ${names}`,
  });
}

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof DindError)) throw error;
  say(`${error.message}${error.hint === undefined ? '' : `\n${error.hint}`}`);
  process.exitCode = error.exitCode;
}
