import { splitSections } from '../host/sections.js';

/** What `hosts check` knows of a host beside its network, its clock and its cgroups. */
export interface HostSystem {
  /** Of /etc/os-release: `debian 13`, and as people say it. */
  os: { id: string; name: string };
  kernel: string;
  cpus: number;
  /** `none`: neither root, nor by sudo without a password. */
  rights: 'root' | 'sudo' | 'none';
  /** The programs that are there, each with its version; `undefined`: it did not tell one. */
  tools: Readonly<Record<string, string | undefined>>;
  containerd: { listens: boolean; servesKubelet: boolean };
  cniPlugins: string[];
  /** Names of files in /etc/cni/net.d. */
  cniConfigs: string[];
  /** Files that kubeadm leaves on a node. */
  nodeFiles: string[];
  swaps: string[];
}

/** Reads the output of shell/hosts-check.bash. What is missing in it is not on the host. */
export function parseHostSystem(text: string): HostSystem {
  const sections = splitSections(text);
  const lines = (name: string): string[] =>
    (sections.get(name) ?? '')
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '');
  const [id = '', name = id] = lines('os');
  const [rights] = lines('rights');
  const tools = lines('tools').map((line) => {
    const [tool = '', ...version] = line.split(' ');
    return [tool, /\d+\.\d+\.\d+/.exec(version.join(' '))?.[0]] as const;
  });
  return {
    os: { id, name },
    kernel: lines('kernel-release')[0] ?? '',
    cpus: Number(lines('cpus')[0] ?? 0),
    rights: rights === 'root' || rights === 'sudo' ? rights : 'none',
    tools: Object.fromEntries(tools),
    containerd: {
      listens: lines('containerd').includes('socket'),
      servesKubelet: !lines('containerd').includes('no-cri'),
    },
    cniPlugins: lines('cni-plugins'),
    cniConfigs: lines('cni-configs'),
    nodeFiles: lines('node-files'),
    swaps: lines('swaps'),
  };
}
