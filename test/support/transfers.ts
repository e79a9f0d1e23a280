import { expect } from 'vitest';
import { downloadBytes } from '../lab/sites.js';
import type { ClusterFixture } from './cluster.js';

/** A pod fetches 10 MB from a site, whole and unchanged, and sends it as much. */
export async function expectTransfers(cluster: ClusterFixture, site: string): Promise<void> {
  const { stdout: sum } = await cluster.lab.exec('internet', ['sha256sum', '/run/lab/state/www/10mb.bin']);
  const { stdout, stderr } = await cluster.pod(
    [
      `curl -sS --max-time 30 'http://${site}/10mb.bin' | sha256sum`,
      `head -c ${downloadBytes} /dev/zero | curl -sS --max-time 30 -T - 'http://${site}/upload'`,
    ].join('\n'),
  );
  expect([site, stdout, stderr]).toEqual([site, `${sum.slice(0, 64)}  -\nreceived ${downloadBytes}\n`, '']);
}

/** A datagram of 4,000 bytes goes to a site and comes back, both times in fragments. The first ones may be what discovers the path's MTU. */
export async function expectDatagrams(cluster: ClusterFixture, site: string): Promise<void> {
  const { stdout } = await cluster.pod(
    `for try in 1 2 3 4; do exec 3<>/dev/udp/${site}/7; head -c 4000 /dev/zero >&3; [ "$(timeout 2 head -c 4000 <&3 | wc -c)" = 4000 ] && echo "after $try" && break; done`,
  );
  expect([site, stdout]).toEqual([site, expect.stringMatching(/^after \d\n$/)]);
}
