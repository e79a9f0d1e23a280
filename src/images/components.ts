import type { NodeVersions } from './versions.js';

/** A component that is built from its Go module, as images/node/component takes it. */
export interface Component {
  name: 'kubernetes' | 'etcd' | 'coredns' | 'containerd' | 'cni-plugins';
  title: string;
  buildArgs: Record<
    'GO_VERSION' | 'MODULE' | 'VERSION' | 'LOCAL_REPLACE_VERSION' | 'REQUIRE' | 'PACKAGES' | 'TAGS' | 'LDFLAGS',
    string
  >;
}

const plugins = 'github.com/containernetworking/plugins';
const containerd = 'github.com/containerd/containerd/v2';
const etcd = 'go.etcd.io/etcd';

/** All components of a node, the longest build first. */
export function listComponents({
  go,
  containerd: containerdVersion,
  cniPlugins,
  kubernetes,
}: NodeVersions): Component[] {
  const none = { LOCAL_REPLACE_VERSION: '', REQUIRE: '', TAGS: '', LDFLAGS: '' };
  return [
    {
      name: 'kubernetes',
      title: `Kubernetes ${kubernetes.version}`,
      buildArgs: {
        ...none,
        GO_VERSION: kubernetes.go,
        MODULE: 'k8s.io/kubernetes',
        VERSION: `v${kubernetes.version}`,
        // Its staging modules are published as v0.<minor>.<patch>.
        LOCAL_REPLACE_VERSION: `v${kubernetes.version.replace(/^1\./, '0.')}`,
        PACKAGES: [
          'kubeadm',
          'kubelet',
          'kubectl',
          'kube-apiserver',
          'kube-controller-manager',
          'kube-scheduler',
          'kube-proxy',
        ]
          .map((name) => `k8s.io/kubernetes/cmd/${name}`)
          .join(' '),
        LDFLAGS: kubernetesVersionFlags(kubernetes.version),
      },
    },
    {
      name: 'containerd',
      title: `containerd ${containerdVersion}`,
      buildArgs: {
        ...none,
        GO_VERSION: go,
        MODULE: containerd,
        VERSION: `v${containerdVersion}`,
        PACKAGES: ['containerd', 'ctr', 'containerd-shim-runc-v2'].map((name) => `${containerd}/cmd/${name}`).join(' '),
        TAGS: 'no_btrfs no_devmapper no_zfs urfave_cli_no_docs',
        LDFLAGS: `-X ${containerd}/version.Version=${containerdVersion}`,
      },
    },
    {
      name: 'coredns',
      title: `CoreDNS ${kubernetes.coredns}`,
      buildArgs: {
        ...none,
        GO_VERSION: go,
        MODULE: 'github.com/coredns/coredns',
        VERSION: `v${kubernetes.coredns}`,
        PACKAGES: 'github.com/coredns/coredns',
      },
    },
    {
      name: 'etcd',
      title: `etcd ${kubernetes.etcd}`,
      buildArgs: {
        ...none,
        GO_VERSION: go,
        VERSION: `v${kubernetes.etcd}`,
        LOCAL_REPLACE_VERSION: `v${kubernetes.etcd}`,
        PACKAGES: `${etcd}/server/v3 ${etcd}/etcdctl/v3`,
        ...etcdModules(kubernetes.etcd),
      },
    },
    {
      name: 'cni-plugins',
      title: `CNI plugins ${cniPlugins}`,
      buildArgs: {
        ...none,
        GO_VERSION: go,
        MODULE: plugins,
        VERSION: `v${cniPlugins}`,
        PACKAGES: ['main/ptp', 'main/bridge', 'main/loopback', 'ipam/host-local', 'meta/portmap']
          .map((path) => `${plugins}/plugins/${path}`)
          .join(' '),
        LDFLAGS: `-X ${plugins}/pkg/utils/buildversion.BuildVersion=v${cniPlugins}`,
      },
    },
  ];
}

/** The server's module of 3.6 replaces what it must never use by a folder that is nowhere; the root module names the same versions without it. */
function etcdModules(version: string): Record<'MODULE' | 'REQUIRE', string> {
  const etcdctl = `${etcd}/etcdctl/v3@v${version}`;
  if (version.startsWith('3.6.')) return { MODULE: `${etcd}/v3`, REQUIRE: `${etcd}/server/v3@v${version} ${etcdctl}` };
  return { MODULE: `${etcd}/server/v3`, REQUIRE: etcdctl };
}

/** As Kubernetes' own build sets them: kubeadm compares versions, and the API server reports them. */
function kubernetesVersionFlags(version: string): string {
  const [major, minor] = version.split('.');
  const values = { gitVersion: `v${version}`, gitMajor: major, gitMinor: minor, gitTreeState: 'clean' };
  return ['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version']
    .flatMap((path) => Object.entries(values).map(([name, value]) => `-X ${path}.${name}=${value}`))
    .join(' ');
}
