import { ask, askForOptional, vanished } from './engine-error.js';
import type { Connection } from './transport.js';
import type { NetworkSpec, NetworkState } from './types.js';

interface ApiNetwork {
  Id: string;
  Name: string;
  Driver: string;
  Labels?: Record<string, string> | null;
  EnableIPv4?: boolean;
  EnableIPv6?: boolean;
  IPAM?: { Config?: { Subnet?: string; IPRange?: string }[] | null };
  Options?: Record<string, string> | null;
  Containers?: Record<string, { Name: string }> | null;
}

const bridgeName = 'com.docker.network.bridge.name';

/** A network by its name (or full id); `undefined` when there is none. */
export async function findNetwork({ docker, endpoint }: Connection, name: string): Promise<NetworkState | undefined> {
  const network = (await askForOptional(endpoint, `looking for network ${name}`, () =>
    docker.getNetwork(name).inspect(),
  )) as ApiNetwork | undefined;
  // The engine takes the beginning of an id for a name.
  return network === undefined || (network.Name !== name && network.Id !== name) ? undefined : networkState(network);
}

/** All networks of the engine, with the containers that run in them. */
export async function listNetworks(connection: Connection): Promise<NetworkState[]> {
  const found = (await ask(connection.endpoint, 'listing networks', () =>
    connection.docker.listNetworks(),
  )) as unknown as ApiNetwork[];
  // Only an inspection tells the containers.
  const networks = await Promise.all(found.map(({ Id }) => findNetwork(connection, Id)));
  return networks.filter((network) => network !== undefined);
}

/** Makes a bridge network. Throws `name-taken`, `network-overlaps`, `ipv6-unavailable`, ... */
export async function createNetwork(connection: Connection, spec: NetworkSpec): Promise<NetworkState> {
  const doing = `creating network ${spec.name}${spec.ipv6Subnet === undefined ? '' : ` with ${spec.ipv6Subnet}`}`;
  const pools =
    spec.ipv6Subnet === undefined
      ? []
      : [
          {
            Subnet: spec.ipv6Subnet,
            Gateway: spec.ipv6Gateway,
            IPRange: spec.ipv6Range,
            // Reserved as well, so no container gets it (moby, libnetwork/drivers/bridge, DefaultGatewayV6AuxKey).
            AuxiliaryAddresses:
              spec.ipv6DefaultGateway === undefined ? undefined : { DefaultGatewayIPv6: spec.ipv6DefaultGateway },
          },
        ];
  const body = {
    Name: spec.name,
    Driver: 'bridge',
    EnableIPv4: spec.ipv4,
    EnableIPv6: spec.ipv6,
    IPAM: { Driver: 'default', Config: pools },
    Options: spec.options,
    Labels: spec.labels,
  };
  const { id } = await ask(connection.endpoint, doing, () => connection.docker.createNetwork(body as never));
  const network = await findNetwork(connection, id);
  if (network !== undefined) return network;
  throw vanished(doing, connection.endpoint);
}

/** Removes a network; absent is fine, containers in it are an error. */
export async function removeNetwork({ docker, endpoint }: Connection, name: string): Promise<void> {
  await askForOptional(endpoint, `removing network ${name}`, () => docker.getNetwork(name).remove());
}

function networkState(network: ApiNetwork): NetworkState {
  const options = network.Options ?? {};
  return {
    id: network.Id,
    name: network.Name,
    driver: network.Driver,
    labels: network.Labels ?? {},
    ipv4Enabled: network.EnableIPv4 ?? true,
    ipv6Enabled: network.EnableIPv6 ?? false,
    subnets: (network.IPAM?.Config ?? []).flatMap(({ Subnet }) => Subnet ?? []),
    ranges: (network.IPAM?.Config ?? []).flatMap(({ IPRange }) => IPRange ?? []),
    bridge: network.Driver === 'bridge' ? (options[bridgeName] ?? `br-${network.Id.slice(0, 12)}`) : undefined,
    options,
    containers: Object.values(network.Containers ?? {}).map(({ Name }) => Name),
  };
}
