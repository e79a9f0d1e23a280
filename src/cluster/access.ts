import { parse, stringify } from 'yaml';
import { DindError } from '../errors.js';
import { labels } from '../labels.js';
import { nameAttached } from '../plan/attached.js';
import { nameCluster } from '../plan/names.js';
import { listApiServers, type ApiServers } from './api-servers.js';
import type { ClusterRecord } from '../plan/record.js';
import { listKindNodes } from './kind.js';
import { readRecord } from './record.js';
import type { ContainerState, Engine } from '../engine/types.js';
import { howTo } from '../how-to.js';

/** What a client needs to use the API, base64 where kubeconfig has base64. */
export interface AdminAccess {
  context: string;
  servers: ApiServers;
  caData: string;
  clientCertData: string;
  clientKeyData: string;
}

/** All containers of the cluster, those of another tool's that it is attached to included. */
export async function listAllContainers(engine: Engine, clusterName: string): Promise<ContainerState[]> {
  const own = await engine.listContainers({ [labels.cluster]: clusterName });
  const attached = own.map(({ labels: its }) => its[labels.attached]).find((cluster) => cluster !== undefined);
  return attached === undefined ? own : [...own, ...(await listKindNodes(engine, attached))];
}

/** The cluster's containers of one kind, by name. */
export async function listClusterContainers(
  engine: Engine,
  clusterName: string,
  roles: readonly string[],
): Promise<ContainerState[]> {
  const all = await listAllContainers(engine, clusterName);
  return all
    .filter((container) => roles.includes(container.labels[labels.role] ?? ''))
    .sort((one, other) => one.name.localeCompare(other.name));
}

/** The running control plane; an error that says how to get one otherwise. */
export async function findControlPlane(engine: Engine, clusterName: string): Promise<ContainerState> {
  const [controlPlane] = await listClusterContainers(engine, clusterName, ['control-plane']);
  const missing = (observed: string, hint: string): DindError =>
    new DindError({
      code: 'no-cluster',
      source: 'user',
      doing: `finding the control plane of ${clusterName}`,
      where: engine.endpoint,
      observed,
      hint,
    });
  if (controlPlane === undefined) throw noSuchCluster(engine, clusterName);
  if (controlPlane.status === 'paused') throw missing('the cluster is paused', howTo('unpause'));
  if (controlPlane.status !== 'running') throw missing(`its control plane is ${controlPlane.status}`, howTo('up'));
  return controlPlane;
}

/** What makes, removes or freezes nodes is for clusters of dind64's own. Throws DindError `cluster-attached`. */
export function refuseAttached(record: Pick<ClusterRecord, 'attached'> | undefined, doing: string): void {
  if (record?.attached === undefined) return;
  const { cluster } = record.attached;
  throw new DindError({
    code: 'cluster-attached',
    source: 'user',
    exitCode: 2,
    doing,
    where: `the kind cluster ${cluster}`,
    observed: "dind64 is attached to it, and its nodes and its kubeconfig are kind's",
    hint: `${howTo(`attach --kind ${cluster}`)} puts right what is attached, ${howTo(`detach --kind ${cluster}`)} removes it; the rest is kind's: kubectl --context ${nameAttached(cluster)}, kind delete cluster --name ${cluster}`,
  });
}

export function noSuchCluster(engine: Engine, clusterName: string): DindError {
  return new DindError({
    code: 'no-cluster',
    source: 'user',
    doing: `looking for the cluster ${clusterName}`,
    where: engine.endpoint,
    observed: 'there is no such cluster',
    hint: howTo('up'),
  });
}

/** From kubeadm's admin.conf on the control plane and the recorded port. Throws DindError `no-cluster`. */
export async function readAdminAccess(engine: Engine, clusterName: string): Promise<AdminAccess> {
  const names = nameCluster(clusterName);
  const [record, file] = await Promise.all([
    readRecord(engine, clusterName),
    engine.readFile(names.controlPlane, '/etc/kubernetes/admin.conf'),
  ]);
  refuseAttached(record, 'reading the credentials of the cluster');
  if (record === undefined || file === undefined) {
    throw new DindError({
      code: 'no-cluster',
      source: 'user',
      doing: `reading the credentials of ${clusterName}`,
      where: engine.endpoint,
      observed: 'the cluster is not there or not finished',
      hint: howTo('up'),
    });
  }
  const admin = parse(file.toString()) as {
    clusters: { cluster: Record<string, string> }[];
    users: { user: Record<string, string> }[];
  };
  return {
    context: names.context,
    servers: listApiServers(clusterName, record.addressing.apiPort),
    caData: admin.clusters[0]?.cluster['certificate-authority-data'] ?? '',
    clientCertData: admin.users[0]?.user['client-certificate-data'] ?? '',
    clientKeyData: admin.users[0]?.user['client-key-data'] ?? '',
  };
}

/** A whole kubeconfig with one context, for `kubeconfig` and `kubectl`. `server`: one of the access's. */
export function renderAdminKubeconfig(
  { context, caData, clientCertData, clientKeyData }: AdminAccess,
  server: string,
): string {
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: context, cluster: { server, 'certificate-authority-data': caData } }],
    contexts: [{ name: context, context: { cluster: context, user: context } }],
    'current-context': context,
    users: [{ name: context, user: { 'client-certificate-data': clientCertData, 'client-key-data': clientKeyData } }],
  });
}
