import { type ChildProcess } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { addresses, embedded } from '../../test/nat64/addresses.js';
import { spawnInRoom } from '../../test/nat64/room.js';
import { startStage, type Stage } from '../../test/nat64/stage.js';
import { percentile } from './statistics.js';
import type { Variant } from './types.js';

/** A stage whose server serves, and how the client addresses it. */
export interface Bench extends AsyncDisposable {
  variant: Variant;
  stage: Stage;
  server: string;
  narrow: string;
}

const ports = { iperf: 5201, echo: 7007, web: 80 };

/** Starts a stage with iperf3, a UDP echo server and nginx on the server's side. */
export async function startBench(variant: Variant): Promise<Bench> {
  const stage = await startStage({ engine: variant === 'native' ? 'none' : variant, ends: 'hosts' });
  const servers: ChildProcess[] = [];
  const stop = async (): Promise<void> => {
    for (const server of servers) {
      const ended = new Promise((resolve) => server.once('exit', resolve));
      if (server.kill('SIGKILL')) await ended;
    }
    await stage.stop();
  };
  try {
    const room = stage.room('server');
    await mkdir(join(room.directory, 'www'));
    await writeFile(join(room.directory, 'nginx.conf'), nginxConfig);
    servers.push(
      spawnInRoom(room, ['iperf3', '--server', '--port', String(ports.iperf)]),
      spawnInRoom(room, [
        'python3',
        '/mnt/tests/exchange.py',
        'serve',
        addresses.server[variant === 'native' ? 'ipv6' : 'ipv4'],
        String(ports.echo),
      ]),
      spawnInRoom(room, ['nginx', '-c', '/mnt/state/nginx.conf']),
    );
    const site = (which: 'server' | 'narrow'): string =>
      variant === 'native' ? addresses[which].ipv6 : embedded(stage.plan, addresses[which].ipv4);
    const bench: Bench = {
      variant,
      stage,
      server: site('server'),
      narrow: site('narrow'),
      [Symbol.asyncDispose]: stop,
    };
    await waitForServers(bench);
    return bench;
  } catch (error) {
    await stop();
    throw error;
  }
}

/** TCP throughput as the receiver saw it, Gbit/s. */
export async function measureThroughput(
  { stage }: Bench,
  target: string,
  { flows, down, seconds }: { flows: number; down: boolean; seconds: number },
): Promise<number> {
  const argv = [
    'iperf3',
    '--client',
    target,
    '--port',
    String(ports.iperf),
    '--time',
    String(seconds),
    '--omit',
    '0.5',
    '--parallel',
    String(flows),
    '--json',
    ...(down ? ['--reverse'] : []),
  ];
  const { stdout, stderr } = await stage.exec('client', argv, { timeoutMs: (seconds + 20) * 1000 });
  const { end, error } = JSON.parse(stdout === '' ? '{}' : stdout) as {
    end?: { sum_received?: { bits_per_second: number } };
    error?: string;
  };
  const bits = end?.sum_received?.bits_per_second;
  // No throughput at all is a result.
  if (bits === undefined && error === undefined) throw new Error(`iperf3: ${stderr}${stdout}`);
  return (bits ?? 0) / 1e9;
}

/** Round-trip times of small UDP exchanges, one after the other, in microseconds. */
export async function measureExchange({ stage, server }: Bench, count = 10_000): Promise<{ p50: number; p99: number }> {
  const { stdout, stderr, exitCode } = await stage.exec(
    'client',
    ['python3', '/mnt/tests/exchange.py', 'ask', server, String(ports.echo), String(count)],
    { timeoutMs: 120_000 },
  );
  if (exitCode !== 0) throw new Error(`exchange.py: ${stderr}`);
  const times = (JSON.parse(stdout) as number[]).map((nanoseconds) => nanoseconds / 1000);
  return { p50: percentile(times, 50), p99: percentile(times, 99) };
}

/** New TCP connections a second, each with one HTTP request, eight at a time. */
export async function measureConnections({ stage, server }: Bench, count = 10_000): Promise<number> {
  const { stdout, stderr, exitCode } = await stage.exec(
    'client',
    ['ab', '-q', '-n', String(count), '-c', '8', `http://[${server}]:${ports.web}/`],
    { timeoutMs: 120_000 },
  );
  const rate = Number(/^Requests per second:\s+([\d.]+)/m.exec(stdout)?.[1]);
  if (exitCode !== 0 || !/^Failed requests:\s+0$/m.test(stdout) || Number.isNaN(rate))
    throw new Error(`ab: ${stdout}${stderr}`);
  return rate;
}

/** The first packets wait for neighbours and carriers; servers start. */
async function waitForServers(bench: Bench): Promise<void> {
  const script =
    'for i in $(seq 100); do (exec 3<>"/dev/tcp/$1/80" && exec 4<>"/dev/tcp/$1/5201" && exec 5<>"/dev/tcp/$2/80") 2>/dev/null && exit 0; sleep 0.1; done; exit 1';
  const { exitCode } = await bench.stage.exec('client', ['bash', '-c', script, 'wait', bench.server, bench.narrow], {
    timeoutMs: 60_000,
  });
  if (exitCode !== 0)
    throw new Error(`${bench.variant}: the servers do not answer\n${bench.stage.translator().output}`);
}

const nginxConfig = `daemon off;
worker_processes 1;
error_log stderr error;
pid /run/nginx.pid;
events { worker_connections 1024; }
http {
  access_log off;
  server {
    listen 80 backlog=4096;
    listen [::]:80 ipv6only=on backlog=4096;
    return 200 "here\\n";
  }
}
`;
