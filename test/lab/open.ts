import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DindError } from '../../src/errors.js';
import { boxArgv } from './box.js';
import { runCommand, runOrThrow } from './command.js';
import { nftSwitch, readLeaks, resetLeaks, type RunNft } from './faults.js';
import { hostEnvironment, renderHostArgv } from './host.js';
import { instanceDirectory, readRecord, type LabRecord } from './record.js';
import { planServers, renderProbe, renderStart, renderStop, type LabServer } from './servers.js';
import { servers as addresses, uplink } from './sites.js';
import type { Lab, LabNamespace } from './types.js';

/** Opens a running lab by its record: for another process than the one that started it. */
export async function openLab(instance: string, stop: (record: LabRecord) => Promise<void>): Promise<Lab> {
  const record = await readRecord(instance);
  if (record?.box === undefined)
    throw new DindError({
      code: 'lab-not-found',
      source: 'user',
      doing: 'opening a lab',
      where: instanceDirectory(instance),
      observed: `no lab ${instance} runs`,
      hint: 'npm run lab -- status',
    });
  return viewLab(record, record.box.init.pid, () => stop(record));
}

/** A lab as an object, out of its record. Does nothing by itself. */
export async function viewLab(record: LabRecord, initPid: number, stop: () => Promise<void>): Promise<Lab> {
  const directory = instanceDirectory(record.instance);
  const namespaces = namespacePaths(record);
  const caPath = join(directory, 'ca/ca.crt');
  const exec: Lab['exec'] = (namespace, argv, options) =>
    runCommand(
      boxArgv(
        initPid,
        namespace.startsWith('/') ? namespace : namespaces[namespace as LabNamespace],
        [...endWithCaller, ...argv],
        true,
      ),
      options,
    );
  const inInternet: RunNft = (argv, stdin) =>
    runOrThrow(
      "changing the lab's packet rules",
      boxArgv(initPid, namespaces.internet, ['nft', ...argv]),
      stdin === undefined ? {} : { stdin },
    );
  const link = (state: 'up' | 'down'): Promise<void> =>
    throwing(exec('internet', ['ip', 'link', 'set', 'uplink', state]));
  const hostArgv: Lab['hostArgv'] = (argv, options) =>
    renderHostArgv(
      { namespace: namespaces.host, resolvConf: join(directory, 'conf/resolv.conf') },
      argv,
      options?.user,
    );
  const servers = serverControl(record, initPid, namespaces);
  return {
    instance: record.instance,
    profile: record.profile,
    engineEndpoint: record.engineEndpoint,
    hostNamespace: namespaces.host,
    internetNamespace: namespaces.internet,
    namespaces,
    directory,
    hostAddresses: {
      ipv4: record.profile === 'v6only' ? undefined : uplink.host.ipv4,
      ipv6:
        record.profile === 'v4only' ? undefined : record.ipv6Setup === 'static' ? uplink.host.ipv6 : uplink.slaacIpv6,
    },
    resolvers: record.resolvers,
    ca: { path: caPath, pem: await readFile(caPath, 'utf8') },
    exec,
    hostArgv,
    host: (argv, options = {}) =>
      runCommand(hostArgv(argv, options), {
        ...options,
        env: hostEnvironment(process.env, record.engineEndpoint, options.env),
      }),
    servers,
    dns: {
      stop: () => servers.stop('resolver'),
      start: () => servers.start('resolver'),
      silence: nftSwitch(inInternet, 'silentDns'),
      flush: () =>
        throwing(exec('internet', ['unbound-control', '-c', '/run/lab/conf/unbound.conf', 'flush_zone', '.'])),
    },
    faults: {
      dropIcmp: nftSwitch(inInternet, 'dropIcmp'),
      dropIpv4: nftSwitch(inInternet, 'dropIpv4'),
      dropIpv6: nftSwitch(inInternet, 'dropIpv6'),
      unplug: {
        on: () => link('down'),
        off: async () => {
          await link('up');
          if (record.engineHost === 'namespace') await waitForUplink(record, initPid);
        },
      },
    },
    leaks: () => readLeaks(inInternet),
    resetLeaks: () => resetLeaks(inInternet),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

// nsenter stays behind as the parent in the box's PID namespace: what ends it has to end the command too.
const endWithCaller = ['setpriv', '--pdeathsig', 'SIGTERM', '--'];

export function namespacePaths(record: LabRecord): Record<LabNamespace, string> {
  return Object.fromEntries(
    Object.entries(record.namespaces).map(([kind, name]) => [kind, `/run/netns/${name}`]),
  ) as Record<LabNamespace, string>;
}

/** Starts a server and returns when it serves. Throws DindError `lab-server-failed` with the end of its log. */
export async function startServer(server: LabServer, initPid: number, record: LabRecord): Promise<void> {
  const namespace = namespacePaths(record)[server.namespace];
  await runOrThrow(`starting the lab's ${server.name}`, boxArgv(initPid, namespace, renderStart(server), true));
  if (server.ready.length === 0) return;
  const { exitCode, stderr } = await runCommand(boxArgv(initPid, namespace, renderProbe(server.ready)));
  if (exitCode === 0) return;
  const log = await readFile(join(instanceDirectory(record.instance), 'log', `${server.name}.log`), 'utf8').catch(
    () => '',
  );
  throw new DindError({
    code: 'lab-server-failed',
    source: 'environment',
    doing: `starting the lab's ${server.name}`,
    where: record.instance,
    observed: `${stderr.trim()}\n${log.split('\n').slice(-15).join('\n')}`,
  });
}

/** Waits until the engine host reaches the internet by each family it has: the kernel lets a new link carry packets up to a second late. */
export async function waitForUplink(record: LabRecord, initPid: number): Promise<void> {
  const families =
    record.profile === 'dual'
      ? (['ipv4', 'ipv6'] as const)
      : ([record.profile === 'v4only' ? 'ipv4' : 'ipv6'] as const);
  const sockets = families.map((family) => ({ address: addresses.authority[family], port: 53 }));
  await runOrThrow(
    "waiting for the uplink of the lab's engine host",
    boxArgv(initPid, namespacePaths(record).host, renderProbe(sockets)),
  );
}

function serverControl(record: LabRecord, initPid: number, namespaces: Record<LabNamespace, string>): Lab['servers'] {
  const all = planServers({ routerAdvertisements: record.ipv6Setup === 'router-advertisement' });
  const find = (name: string): LabServer => {
    const server = all.find((candidate) => candidate.name === name);
    if (server === undefined)
      throw new DindError({
        code: 'lab-no-such-server',
        source: 'user',
        doing: 'finding a server of the lab',
        observed: name,
        hint: all.map((candidate) => candidate.name).join(', '),
      });
    return server;
  };
  const stop = async (name: string): Promise<void> => {
    const { namespace } = find(name);
    await runOrThrow(`stopping the lab's ${name}`, boxArgv(initPid, namespaces[namespace], renderStop(name), true));
  };
  return {
    names: () => all.map(({ name }) => name),
    stop,
    start: async (name) => {
      await stop(name);
      await startServer(find(name), initPid, record);
    },
  };
}

async function throwing(running: Promise<{ exitCode: number; stdout: string; stderr: string }>): Promise<void> {
  const { exitCode, stdout, stderr } = await running;
  if (exitCode !== 0)
    throw new DindError({
      code: 'lab-command-failed',
      source: 'environment',
      doing: 'changing the lab',
      observed: stdout + stderr,
    });
}
