import { failure, ok } from '../../doctor/check.js';
import type { CheckedHost, HostCheck } from './check.js';

/** Of a version `1.37.2`, its minor: 37. `undefined` where none was told. */
function minorOf(version: string | undefined): number | undefined {
  return version === undefined ? undefined : Number(version.split('.')[1]);
}

/** Kubernetes' packages are in a repository of Kubernetes' own, which its owner adds. */
const installing = 'sudo apt-get install -y kubeadm kubelet kubectl';
const whence =
  "Kubernetes' own packages: https://kubernetes.io/docs/setup/production-environment/tools/kubeadm/install-kubeadm/";

/** The configuration that is rendered is v1beta4's, which kubeadm reads from here on. */
const leastMinor = 31;
/** By how many minors a kubelet may be older than its kubeadm (Kubernetes' version skew policy). */
const olderBy = 3;

export const kubernetes: HostCheck = {
  id: 'kubernetes',
  title: 'Kubernetes',
  looked: "the versions of kubeadm, kubelet and kubectl, and the control plane's kubeadm",
  of: 'nodes',
  judge: (about) => {
    const { tools } = about.reading.system;
    const missing = ['kubeadm', 'kubelet', 'kubectl'].filter((tool) => !(tool in tools));
    if (missing.length > 0) return failure(`no ${missing.join(', no ')}`, `${installing}     # ${whence}`);
    const problem = skewOf(about);
    if (problem !== undefined) return failure(problem, `${installing}     # all of one minor version, on every host`);
    return ok(`kubeadm ${tools.kubeadm ?? '?'}, kubelet ${tools.kubelet ?? '?'}, kubectl ${tools.kubectl ?? '?'}`);
  },
};

/** What is wrong between the versions, if anything. */
function skewOf({ reading, controlPlane, config }: CheckedHost): string | undefined {
  const { kubeadm: ownKubeadm, kubelet: ownKubelet } = reading.system.tools;
  const [kubeadm, kubelet] = [minorOf(ownKubeadm), minorOf(ownKubelet)];
  if (kubeadm === undefined || kubelet === undefined) return undefined;
  if (kubeadm < leastMinor) return `kubeadm ${ownKubeadm}: 1.${leastMinor} or newer is needed`;
  if (kubelet > kubeadm || kubelet < kubeadm - olderBy)
    return `kubelet ${ownKubelet} does not go with kubeadm ${ownKubeadm}`;
  const first = controlPlane?.system.tools.kubeadm;
  if (first !== undefined && minorOf(first) !== kubeadm)
    return `kubeadm ${ownKubeadm}, and that of the control plane is ${first}`;
  const asked = minorOf(config.kubernetesVersion?.slice(1));
  // kubeadm sets up its own minor version and the one before (version skew policy).
  if (asked !== undefined && (asked > kubeadm || asked < kubeadm - 1))
    return `the hosts file asks for ${config.kubernetesVersion}, which kubeadm ${ownKubeadm} does not set up`;
  return undefined;
}

export const containerd: HostCheck = {
  id: 'containerd',
  title: 'containerd',
  looked: 'its version, its socket, and whether it serves a kubelet',
  judge: ({ reading: { system }, host }) => {
    if (!('containerd' in system.tools))
      return failure('not installed', 'sudo apt-get update && sudo apt-get install -y containerd');
    if (!system.containerd.listens)
      return failure('/run/containerd/containerd.sock is not there', 'sudo systemctl enable --now containerd');
    if (host.podCidr === undefined) return ok(system.tools.containerd ?? 'of an unknown version');
    if (!system.containerd.servesKubelet)
      return failure(
        '/etc/containerd/config.toml turns off what the kubelet speaks to (disabled_plugins: cri)',
        "sudo sh -c 'containerd config default > /etc/containerd/config.toml' && sudo systemctl restart containerd     # if nothing in that file is yours",
      );
    const kubelet = minorOf(system.tools.kubelet);
    if (kubelet !== undefined && kubelet >= 36 && system.tools.containerd?.startsWith('1.') === true)
      return failure(
        `${system.tools.containerd}: kubelet ${system.tools.kubelet} needs containerd 2`,
        "install containerd 2, or Kubernetes' packages of 1.35 or older",
      );
    return ok(system.tools.containerd ?? 'of an unknown version');
  },
};

export const tools: HostCheck = {
  id: 'tools',
  title: 'tools',
  looked: 'nft, and on nodes conntrack, which kubeadm asks for',
  judge: ({ reading: { system }, host }) => {
    const needed = { nft: 'nftables', ...(host.podCidr === undefined ? {} : { conntrack: 'conntrack' }) };
    const missing = Object.entries(needed).filter(([tool]) => !(tool in system.tools));
    return missing.length === 0
      ? ok(Object.keys(needed).join(', '))
      : failure(
          `no ${missing.map(([tool]) => tool).join(', no ')}`,
          `sudo apt-get install -y ${missing.map(([, packageName]) => packageName).join(' ')}`,
        );
  },
};

export const cniPlugins: HostCheck = {
  id: 'cni-plugins',
  title: 'CNI plugins',
  looked: '/opt/cni/bin, and the configurations in /etc/cni/net.d',
  of: 'nodes',
  judge: ({ reading: { system }, config }) => {
    const missing = [config.plugin, 'host-local', 'loopback', 'portmap'].filter(
      (name) => !system.cniPlugins.includes(name),
    );
    if (missing.length > 0)
      return failure(
        `no ${missing.join(', no ')} in /opt/cni/bin`,
        `sudo apt-get install -y kubernetes-cni     # ${whence}`,
      );
    // containerd takes the first by name.
    const [ahead] = system.cniConfigs.filter((name) => name < ownConfig).sort();
    return ahead === undefined
      ? ok(`${config.plugin}, host-local, loopback, portmap`)
      : failure(
          `/etc/cni/net.d/${ahead} comes before ${ownConfig}: pods would get their addresses by it`,
          `sudo mv /etc/cni/net.d/${ahead} /etc/cni/net.d/${ahead}.off     # if nobody needs it`,
        );
  },
};

const ownConfig = '10-dind64.conflist';

export const noNode: HostCheck = {
  id: 'no-node',
  title: 'no other cluster',
  looked: 'what kubeadm leaves in /etc/kubernetes',
  of: 'nodes',
  judge: ({ reading: { system } }) =>
    system.nodeFiles.length === 0
      ? ok('the host is no node yet')
      : failure(
          `${system.nodeFiles.join(', ')}: the host is a node of a cluster already, or was one`,
          'sudo kubeadm reset     # takes it out of that cluster, for good',
        ),
};
