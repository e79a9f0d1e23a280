import { readFileSync } from 'node:fs';
import type { DoctorFacts, DoctorParts } from '../../../src/doctor/facts.js';
import { parseMachineFacts } from '../../../src/doctor/parse-machine.js';
import { parseHostFacts } from '../../../src/host/parse-facts.js';
import { seenByHost } from '../checks/reports.js';
import { sampleSettings } from '../../support/sample-plan.js';

/** Output of shell/machine-facts.bash on an ordinary host. */
export const machineText = `
@@ clock
1795465872.012328

@@ memory
MemTotal: 16684092
MemAvailable: 12063792

@@ space
4096 66053021 12470077 16777216 15632561
4096 66053021 12470076 16777216 15632561

@@ files
1237 9223372036854775807
524288

@@ cgroup-version
2

@@ controllers
cpuset cpu io memory hugetlb pids rdma misc

@@ bpf
cg_dev_verifier_ops
tc_cls_act_verifier_ops

@@ new-bridges
0

@@ rules-seen
yes

@@ resolvers-asked
2001:db8::53 AAAA NOERROR
192.0.2.53 A NOERROR 192.0.0.170 192.0.0.171
2001:db8::53 A NOERROR 192.0.0.171 192.0.0.170
192.0.2.53 AAAA NOERROR

@@ machine-end
`;

export const span = { beforeMs: 1_795_465_872_000, afterMs: 1_795_465_872_500 };

const hostText = readFileSync(new URL('../host/recorded/docker-nft-advertised.txt', import.meta.url), 'utf8');

export const parts: DoctorParts = {
  engine: {
    endpoint: 'unix:///var/run/docker.sock',
    info: {
      version: '28.5.2',
      apiVersion: '1.51',
      os: 'linux/amd64',
      arch: 'amd64',
      name: 'laptop',
      rootless: false,
      podman: false,
      desktop: false,
      userNamespaceRemap: false,
      cgroupVersion: '2',
      storageDriver: 'overlay2',
      containerdImageStore: false,
      backingFilesystem: 'extfs',
      firewallBackend: 'iptables',
      informsFirewalld: false,
      kernel: '6.12.0',
      dataRoot: '/var/lib/docker',
      memoryBytes: 16e9,
      cpus: 8,
      securityOptions: ['apparmor', 'seccomp'],
    },
    networks: [],
    containers: [],
    volumes: [],
    foreignObjects: [],
    record: undefined,
  },
  host: {
    ...parseHostFacts(hostText),
    inotify: { maxUserInstances: 512, maxUserWatches: 524_288 },
    capSysResource: true,
  },
  machine: parseMachineFacts(hostText + machineText, span),
  egress: [seenByHost({ name: 'dual.test' }, 'connected', 'connected')],
  kernel: [
    { feature: 'veth', problem: undefined },
    { feature: 'tun', problem: undefined },
  ],
  images: { present: ['localhost/dind64/base:b'], missing: [] },
  kubectl: { version: 'v1.37.0' },
  cluster: {
    cluster: 'kubeadm-dind',
    exists: false,
    engine: { endpoint: 'unix:///var/run/docker.sock', version: '28.5.2' },
    mode: undefined,
    nodes: [],
    helpers: [],
    hostRules: [],
    kubeconfigContext: undefined,
    drift: [],
    remarks: [],
  },
};

/** Facts of an ordinary host with nothing wrong; `changes` replaces whole parts. */
export function sampleFacts(
  changes: Partial<DoctorParts> = {},
  others: Partial<Pick<DoctorFacts, 'settings' | 'proxy' | 'mayEmbed' | 'engineProblem'>> = {},
): DoctorFacts {
  const all = { ...parts, ...changes };
  return {
    settings: sampleSettings,
    proxy: {},
    engineProblem: undefined,
    mayEmbed: false,
    ...others,
    engine: { known: all.engine },
    host: { known: all.host },
    machine: { known: all.machine },
    egress: { known: all.egress },
    kernel: { known: all.kernel },
    images: { known: all.images },
    kubectl: { known: all.kubectl },
    cluster: { known: all.cluster },
  };
}
