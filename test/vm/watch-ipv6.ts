import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Machine } from './machine.js';

const program = fileURLToPath(new URL('watch-ipv6.bash', import.meta.url));
const log = '/var/log/watch-ipv6';

/** From now on, and again from the next boot's network on, the machine notes what becomes of its own IPv6. `address`: of a site that it pings. */
export async function watchIpv6(machine: Machine, address: string): Promise<void> {
  await machine.succeed(
    `cat >/usr/local/sbin/watch-ipv6
cat >/etc/systemd/system/watch-ipv6.service <<'END'
[Unit]
After=systemd-networkd.service
Before=docker.service
[Service]
ExecStart=/bin/bash /usr/local/sbin/watch-ipv6 ${address}
StandardOutput=append:${log}
StandardError=append:${log}
[Install]
WantedBy=multi-user.target
END
systemctl daemon-reload
systemctl enable --now watch-ipv6`,
    { as: 'root', stdin: await readFile(program, 'utf8') },
  );
}

/**
 * What was noted, a list for each start of the watcher: the first answer, and whatever says that IPv6 was gone afterwards (a default route or an address of the
 * uplink that was deleted, two answers in a row that did not come). `['answer']` is a boot all of which had IPv6, once it had come.
 */
export async function readIpv6Watch(machine: Machine, uplinkAddress: string): Promise<string[][]> {
  const text = await machine.succeed(`cat ${log}`, { as: 'root' });
  return text
    .split(/^started$/m)
    .slice(1)
    .map((boot) => judge(boot.split('\n'), uplinkAddress));
}

function judge(lines: readonly string[], uplinkAddress: string): string[] {
  const first = lines.findIndex((line) => line.includes(' bytes from '));
  if (first < 0) return ['no answer'];
  const pings = lines.slice(first).filter((line) => / bytes from |no answer yet|nreachable/.test(line));
  const gone = pings.filter(
    (line, index) => index > 0 && [line, pings[index - 1]].every((one) => !one?.includes(' bytes from ')),
  );
  const deleted = lines
    .slice(first)
    .filter(
      (line) =>
        line.startsWith('Deleted default ') || (line.startsWith('Deleted ') && line.includes(` ${uplinkAddress}/`)),
    );
  return ['answer', ...deleted, ...gone];
}
