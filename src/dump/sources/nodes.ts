import type { ContainerState, Engine } from '../../engine/types.js';
import type { Source } from '../source.js';

/** What each file holds, as a command in a node. Nothing of it waits for the API. */
const commands: Readonly<Record<string, { about: string; script: string }>> = {
  'kubelet.log': { about: 'journal of the kubelet', script: 'journalctl --no-pager --lines 5000 --unit kubelet' },
  'containerd.log': { about: 'journal of containerd', script: 'journalctl --no-pager --lines 5000 --unit containerd' },
  'units.txt': {
    about: 'units that failed, state of kubelet and containerd',
    script: 'systemctl --no-pager --failed; systemctl --no-pager status kubelet containerd',
  },
  'containers.txt': {
    about: 'containers, tasks and pods of containerd',
    script:
      'ctr --namespace k8s.io containers list; ctr --namespace k8s.io tasks list; if command -v crictl >/dev/null; then crictl ps --all; fi',
  },
  'network.txt': {
    about: 'resolver, addresses, routes, neighbours, packet rules',
    script:
      'cat /etc/resolv.conf; ip -s -6 address; ip -6 route; ip -6 neighbour; nft list ruleset; ip6tables-save -c; ls -l /dind64 /etc/cni/net.d',
  },
  'resources.txt': {
    about: 'processes, memory, disk',
    script: 'ps -eo pid,ppid,stat,etime,rss,comm; cat /proc/meminfo /proc/pressure/* 2>/dev/null; df -h; df -i',
  },
};

/** What pods say is their own matter, but for those of Kubernetes, to which namespaces that begin with `kube-` belong. */
const podLogs = (all: boolean): { about: string; script: string } => ({
  about: `end of the logs of ${all ? 'all its pods' : "its pods of Kubernetes' own namespaces"}`,
  script: `tail -n 200 /var/log/pods/${all ? '*' : 'kube-*_*'}/*/*.log`,
});

/** A node that does not run has the end of its console alone. */
export function listNodeSources(engine: Engine, nodes: readonly ContainerState[], allLogs: boolean): Source[] {
  const files = { ...commands, 'pods.log': podLogs(allLogs) };
  return nodes.flatMap((node) => [
    { path: `nodes/${node.name}/console.log`, about: 'what its init said', read: () => engine.logs(node.name, 2000) },
    ...(node.status === 'running'
      ? Object.entries(files).map(([file, { about, script }]): Source => ({
          path: `nodes/${node.name}/${file}`,
          about,
          read: (signal) => say(engine, node.name, script, signal),
        }))
      : []),
  ]);
}

/** What a script in a container says on both streams, whatever its exit code. */
export async function say(engine: Engine, container: string, script: string, signal: AbortSignal): Promise<string> {
  const { stdout, stderr } = await engine.exec(container, ['sh', '-c', script], { signal });
  return stdout + stderr;
}
