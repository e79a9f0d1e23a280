import type { Machine } from './machine.js';

/** What `clean` has to put back, as lines under a heading each, to be compared as they are. */
export type HostState = Record<string, string[]>;

/** Reads rules (without counters), sysctls, routes, the user's kubeconfig and Docker's objects; images are a cache and left out. */
export async function readHostState(machine: Machine): Promise<HostState> {
  const system = await machine.succeed(systemScript, { as: 'root' });
  const user = await machine.succeed(userScript);
  const sections = (system + user)
    .split(/^== /m)
    .slice(1)
    .map((text) => text.split('\n').filter((line) => line !== ''));
  return Object.fromEntries(
    sections.map(([heading = '', ...lines]) => [heading, heading.endsWith('tables') ? dropEmptyTables(lines) : lines]),
  );
}

/** The engine leaves a table behind that it has used; without rules, chains and policies it does nothing. */
function dropEmptyTables(lines: string[]): string[] {
  const tables = lines.join('\n').split(/(?<=^COMMIT)\n/m);
  return tables.filter((table) => !/^\*\S+(\n:\S+ ACCEPT)*\nCOMMIT$/.test(table)).flatMap((table) => table.split('\n'));
}

// Interfaces of containers come and go while this is read; `forwarding` and `accept_ra` are what an engine's IPv6 changes.
const systemScript = `
for family in ip ip6; do echo "== \${family}tables"; \${family}tables-save | sed -e '/^#/d' -e 's/ \\[[0-9:]*\\]$//'; done
echo "== sysctls"; grep -sH . /proc/sys/net/ipv4/ip_forward /proc/sys/net/ipv[46]/conf/{all,default,en*,docker0}/{forwarding,accept_ra,proxy_ndp,proxy_arp,route_localnet,rp_filter,disable_ipv6} \\
  /proc/sys/net/bridge/* /proc/sys/net/ipv6/icmp/ratelimit /proc/sys/kernel/panic{,_on_oops} /proc/sys/vm/overcommit_memory /proc/sys/kernel/keys/root_max{keys,bytes} /proc/sys/fs/inotify/* || true
echo "== IPv4 routes"; ip -4 route show table all | sort
echo "== IPv6 routes"; ip -6 route show table all | sed -e 's/ expires [0-9]*sec//' | sort
echo "== links"; ip -brief link | awk '{ print $1 }' | sort
[ -e /run/first-look ] || touch /run/first-look
echo "== files since the first look"; find /etc /usr /root /opt -xdev -newer /run/first-look -type f | sort
`;

const userScript = `
echo "== networks"; docker network ls --format '{{.Name}} {{.Driver}}' | sort
echo "== volumes"; docker volume ls --format '{{.Name}}' | sort
echo "== containers"; docker ps -a --format '{{.Names}}' | sort
echo "== kube"; find ~/.kube -mindepth 1 2>/dev/null || true
`;
