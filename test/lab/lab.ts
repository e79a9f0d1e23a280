import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { DindError } from '../../src/errors.js';
import { boxArgv, startBox } from './box.js';
import { renderCertificateScript } from './certificates.js';
import { runOrThrow } from './command.js';
import { readLabEnvironment } from './engine-environment.js';
import { guardRules } from './faults.js';
import { readIdentity, type ProcessIdentity } from './identity.js';
import { planNetwork } from './network.js';
import { namespacePaths, startServer, viewLab, waitForUplink } from './open.js';
import { instanceDirectory, readRecord, writeRecord, type LabRecord } from './record.js';
import { writeTestImage } from './registry-content.js';
import { pruneLabs, removeLab } from './remove.js';
import { ensureLabRootfs } from './rootfs.js';
import { planServers } from './servers.js';
import { configureNamespaces, createNamespaces, waitForAdvertisedRoute, writeInstanceFiles } from './setup.js';
import { downloadBytes, planResolvers } from './sites.js';
import type { Lab, LabOptions } from './types.js';

/**
 * Starts a lab: an engine host and an internet in network namespaces, every server of it, and an engine where asked.
 * Needs root on Linux. Stale labs are removed first. A lab that does not come up leaves nothing.
 */
export async function startLab(options: LabOptions): Promise<Lab> {
  const instance = options.instance ?? `t${randomBytes(3).toString('hex')}`;
  if (!/^[a-z0-9][a-z0-9-]{0,19}$/.test(instance))
    throw new DindError({
      code: 'lab-bad-instance',
      source: 'user',
      doing: 'starting a lab',
      observed: `instance ${JSON.stringify(instance)}`,
      hint: 'letters a-z, digits and hyphens, at most 20',
    });
  await pruneLabs();
  if ((await readRecord(instance)) !== undefined)
    throw new DindError({
      code: 'lab-exists',
      source: 'user',
      doing: 'starting a lab',
      where: instanceDirectory(instance),
      observed: `a lab ${instance} runs already`,
      hint: `npm run lab -- down ${instance}`,
    });
  const rootfs = await ensureLabRootfs(readLabEnvironment().cacheDir, options.onLine);
  const record = await planRecord(instance, options);
  try {
    return await bringUp(record, rootfs, options);
  } catch (error) {
    // The first error is the one that counts.
    await removeLab(record).catch((failure: unknown) =>
      options.onLine?.(`removing lab ${instance}: ${String(failure)}`),
    );
    throw error;
  }
}

async function bringUp(record: LabRecord, rootfs: string, options: LabOptions): Promise<Lab> {
  const directory = instanceDirectory(record.instance);
  const namespaces = namespacePaths(record);
  const plan = planNetwork(record.namespaces, {
    profile: record.profile,
    ipv6Setup: record.ipv6Setup,
    uplinkMtu: options.uplinkMtu ?? 1500,
    engineHost: record.engineHost,
    secondUplink: options.secondUplink ?? false,
  });
  await writeRecord(record);
  await Promise.all([
    createNamespaces(plan),
    writeInstanceFiles(directory, record.resolvers, {
      advertisedLifetimeMs: options.advertisedLifetimeMs ?? 1_800_000,
    }),
  ]);

  const content = writeTestImage(join(directory, 'state/registry'), rootfs);
  content.catch(() => undefined);
  const configured = configureNamespaces(plan, namespaces);
  configured.catch(() => undefined);
  const { outerPid, initPid } = await startBox(rootfs, directory, namespaces.internet);
  record.box = { outer: await identify(outerPid), init: await identify(initPid) };
  await writeRecord(record);
  const inBox = (doing: string, argv: string[], stdin?: string): Promise<string> =>
    runOrThrow(doing, boxArgv(initPid, namespaces.internet, argv), stdin === undefined ? {} : { stdin });
  const secured = inBox("making the lab's certificates", renderCertificateScript());
  secured.catch(() => undefined);
  await Promise.all([
    configured,
    inBox('counting what must not leave a host', ['nft', '-f', '-'], guardRules),
    inBox("making the lab's download", [
      'sh',
      '-c',
      `head -c ${downloadBytes} /dev/urandom >/run/lab/state/www/10mb.bin`,
    ]),
  ]);
  const engine = secured.then(() => startEngine(record, namespaces.host, options));
  engine.catch(() => undefined);
  await Promise.all(
    planServers({ routerAdvertisements: record.ipv6Setup === 'router-advertisement' }).map(async (server) => {
      if (server.name.startsWith('web-')) await secured;
      if (server.name === 'registry') await content;
      await startServer(server, initPid, record);
    }),
  );
  await Promise.all([engine, record.engineHost === 'namespace' ? waitForHost(record, initPid) : undefined]);
  if (options.owned === false) {
    delete record.owner;
    await writeRecord(record);
  }
  return viewLab(record, initPid, () => removeLab(record));
}

async function waitForHost(record: LabRecord, initPid: number): Promise<void> {
  if (record.ipv6Setup === 'router-advertisement') await waitForAdvertisedRoute(namespacePaths(record).host);
  await waitForUplink(record, initPid);
}

/** On the configured engine host, side by side with the servers of the internet. */
async function startEngine(
  record: LabRecord,
  networkNamespace: string,
  { engine, onLine, signal }: LabOptions,
): Promise<void> {
  if (!record.hasEngine || engine === undefined || engine === false) return;
  // The seed's builder is a large part of the product, which a lab without an engine has no use for.
  const { startLabEngine } = await import('./engine.js');
  const started = await startLabEngine({
    instance: record.instance,
    networkNamespace,
    ...(engine === true ? {} : engine),
    resolvConf: record.resolvers.map((address) => `nameserver ${address}\n`).join(''),
    caBundle: join(instanceDirectory(record.instance), 'ca/ca.crt'),
    ...(onLine === undefined ? {} : { onLine }),
    ...(signal === undefined ? {} : { signal }),
  });
  record.engineEndpoint = started.endpoint;
  await writeRecord(record);
}

async function planRecord(instance: string, options: LabOptions): Promise<LabRecord> {
  const engineHost = options.engineHost ?? 'namespace';
  const name = (kind: string): string => `dind64-${instance}-${kind}`;
  const ipv6Setup = options.profile === 'v4only' ? 'static' : (options.ipv6Setup ?? 'static');
  return {
    instance,
    profile: options.profile,
    ipv6Setup,
    engineHost,
    resolvers: planResolvers(options.profile, options.resolvers),
    namespaces: { host: name('host'), internet: name('internet'), mtu1280: name('mtu1280'), mtu1400: name('mtu1400') },
    owner: await identify(process.pid),
    hasEngine: engineHost === 'namespace' && options.engine !== undefined && options.engine !== false,
    startedAt: new Date().toISOString(),
  };
}

async function identify(pid: number): Promise<ProcessIdentity> {
  const identity = await readIdentity(pid);
  if (identity === undefined)
    throw new DindError({
      code: 'lab-box-failed',
      source: 'environment',
      doing: "starting the lab's servers' namespace",
      observed: `process ${pid} ended at once`,
    });
  return identity;
}
