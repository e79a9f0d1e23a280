import type { ContainerState, NetworkState } from '../engine/types.js';
import { labels } from '../labels.js';
import type { ClusterRecord } from '../plan/record.js';
import { helperRoles } from '../plan/attached.js';
import type { ClusterPlan } from '../plan/types.js';
import { hideCredentials } from '../settings/credentials.js';
import { definitions } from '../settings/definitions.js';
import type { Environment, Settings } from '../settings/types.js';
import { howTo } from '../how-to.js';

/** What the engine has of a cluster. */
export interface Found {
  containers: readonly Pick<ContainerState, 'name' | 'image' | 'imageId' | 'labels' | 'status'>[];
  networks: readonly Pick<NetworkState, 'name' | 'options' | 'ranges'>[];
}

/** What is not as recorded, one line each, for people. Pure. */
export function findDrift(record: ClusterRecord, plan: ClusterPlan, { containers, networks }: Found): string[] {
  const wanted = new Map([
    ...plan.nodes.map(({ name }) => [name, record.images.node] as const),
    ...helperRoles(plan).map((role) => [plan[role].name, record.images[role]] as const),
    [plan.host.container, record.images.base] as const,
  ]);
  const found = new Map(containers.map((container) => [container.name, container]));
  const missing = [...wanted.keys()].filter((name) => !found.has(name)).map((name) => `container ${name} is not there`);
  const surplus = containers
    .filter(({ name, labels: its }) => its[labels.role] === 'worker' && !wanted.has(name))
    .map(({ name }) => `container ${name} is there, and the cluster has ${record.settings.numWorkers} workers`);
  const otherImages = [...wanted].flatMap(([name, image]) => {
    const { imageId, image: has } = found.get(name) ?? {};
    const id = record.digests[image];
    return imageId === undefined || id === undefined || id === '' || imageId === id
      ? []
      : [`${name} runs ${has ?? imageId}, recorded is ${image}`];
  });
  // Another tool's network is as that tool made it.
  const others = [...(plan.attached === undefined ? [plan.networks.node] : []), plan.networks.egress].flatMap(
    ({ name, options, ipv6Range }) => {
      const network = networks.find((candidate) => candidate.name === name);
      if (network === undefined) return [`network ${name} is not there`];
      const mtu = network.options[mtuOption];
      return [
        ...(mtu === options[mtuOption]
          ? []
          : [`network ${name} has an MTU of ${mtu ?? 'the default'}, recorded is ${options[mtuOption] ?? ''}`]),
        ...(ipv6Range === undefined || network.ranges.includes(ipv6Range)
          ? []
          : [
              `network ${name} was made by an earlier dind64: containers of your own there may take nodes' addresses, and pods do not reach them; \`${howTo('clean')} && ${howTo('up')}\` makes it anew`,
            ]),
      ];
    },
  );
  return [...missing, ...surplus, ...otherImages, ...others];
}

const mtuOption = 'com.docker.network.driver.mtu';

/** Settings given now that are not what the cluster has: it keeps its own until an `up` with them. One line each, for people. Pure. */
export function findOtherSettings(
  { given }: Pick<Environment, 'given'>,
  record: Pick<ClusterRecord, 'given'>,
): string[] {
  return [...given].flatMap(([field, { value, source }]) => {
    const { name, default: text } = definitions[field];
    const has = record.given[name]?.value ?? text;
    if (ofOneCommand.includes(field) || hideCredentials(value) === has) return [];
    return [
      `${name}=${hideCredentials(value)} (${source}) is not what the cluster was made with (${has ?? 'not set'}): \`${howTo('up')}\` applies it or says why not`,
    ];
  });
}

const ofOneCommand: readonly (keyof Settings)[] = [
  'clusterName',
  'ipMode',
  'engine',
  'output',
  'logLevel',
  'kubeconfig',
];
