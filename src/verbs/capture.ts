import { PassThrough } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { PcapngStream } from '../capture/pcapng.js';
import { planCapturePlace, type CapturePlace } from '../capture/places.js';
import type { ContainerSpec, Engine } from '../engine/types.js';
import { CommandError, DindError } from '../errors.js';
import { readHostFacts } from '../host/facts.js';
import { labels } from '../labels.js';
import { openOutputFile, type OutputFile } from '../output-file.js';
import type { ClusterPlan } from '../plan/types.js';
import { renderCaptureArguments } from '../render/capture-arguments.js';
import type { CaptureResult } from '../results/capture.js';
import { readScript } from '../shell.js';
import type { Context } from '../cluster/context.js';
import { hasDefaultRoute } from '../verify/host-findings.js';
import { requireRunningCluster } from '../cluster/running.js';
import { howTo } from '../how-to.js';

export interface CaptureOptions {
  /** `nat64`, `dns64`, `host` or a node. */
  at: string;
  /** pcapng. */
  file: string;
  /** tcpdump's language. */
  filter?: string | undefined;
  /** Absent: until the context's signal. */
  forSeconds?: number | undefined;
  /** Bytes of each packet that are kept; absent: all. */
  snapLength?: number | undefined;
  /** Packets are being caught. */
  onStart?: (place: string, interfaces: readonly string[]) => void;
}

/** A capture that does not end by itself once it should is ended by force; all whole blocks are in the file before. */
const endMs = 1500;

/**
 * Packets at one place of a live cluster, as pcapng. The context's signal ends it as its time does: the file is whole in every case, even
 * where this process is killed. Throws DindError: `output-not-written`, `unknown-place`, `capture-failed` (a filter that is none, no such interface).
 */
export async function capture(context: Context, options: CaptureOptions): Promise<CaptureResult> {
  const begin = performance.now();
  await using file = await openOutputFile(options.file);
  const engine = await context.connect();
  const { clusterName } = context.environment.settings;
  const { plan } = await requireRunningCluster(context, engine);
  const place = planCapturePlace(
    plan,
    options.at,
    options.at === 'host' ? await readUplinks(engine, plan, context.signal) : [],
  );
  await assertRuns(engine, place);
  const { packets, bytes, interfaces } = await record(engine, { plan, place, file }, options, context.signal);
  return {
    cluster: clusterName,
    place: place.name,
    file: file.path,
    packets,
    bytes,
    interfaces,
    durationMs: Math.round(performance.now() - begin),
  };
}

async function record(
  engine: Engine,
  { plan, place, file }: { plan: ClusterPlan; place: CapturePlace; file: OutputFile },
  options: CaptureOptions,
  signal: AbortSignal,
): Promise<Pick<CaptureResult, 'packets' | 'bytes' | 'interfaces'>> {
  const addresses = new Map<string, string[]>();
  const describe = (name: string): string => place.describe(name, addresses.get(name) ?? []);
  await file.write('');
  let bytes = 0;
  let writing = Promise.resolve();
  const blocks = new PcapngStream(describe, (whole) => {
    bytes += whole.length;
    writing = writing.then(() => file.append(whole));
    // Told at the end; what cannot be written need not be caught any longer.
    writing.catch(stop);
  });
  const input = new PassThrough();
  const force = new AbortController();
  const stop = (): void => {
    input.end();
    void delay(endMs).then(() => {
      force.abort();
    });
  };
  signal.addEventListener('abort', stop, { once: true });
  const said: string[] = [];
  const onLine = (line: string): void => {
    const [, name, list = ''] = /^interface (\S+) ?(.*)$/.exec(line) ?? [];
    if (name !== undefined)
      addresses.set(
        name,
        list.split(' ').filter((text) => text !== ''),
      );
    else said.push(line);
    if (/^Capturing on/.test(line)) options.onStart?.(place.name, [...addresses.keys()]);
  };
  try {
    const result = await engine
      .run(captureSpec(plan, place, options), {
        stdin: input,
        signal: force.signal,
        onLine,
        onOutput: (chunk) => {
          blocks.push(chunk);
        },
      })
      .catch((error: unknown) => {
        if (force.signal.aborted) return { exitCode: 0 };
        throw error;
      });
    if (result.exitCode !== 0 && !signal.aborted) throw captureFailed(place, said, result.exitCode);
  } finally {
    signal.removeEventListener('abort', stop);
    input.destroy();
    await writing;
  }
  return {
    packets: blocks.counts.packets,
    bytes,
    interfaces: blocks.counts.interfaces.map((name) => ({ name, description: describe(name) })),
  };
}

/** Of the NAT64 image, which has dumpcap: least privilege in the namespace that is looked at. */
function captureSpec(
  plan: ClusterPlan,
  place: CapturePlace,
  { filter, forSeconds, snapLength }: CaptureOptions,
): ContainerSpec {
  return {
    image: plan.nat64.image,
    entrypoint: ['bash', '-c'],
    command: [
      readScript('capture.bash'),
      'capture',
      ...renderCaptureArguments({
        interfaces: place.interfaces,
        filter,
        forSeconds,
        snapLength,
        comment: place.comment,
      }),
    ],
    labels: { [labels.role]: 'throw-away' },
    capabilities: ['NET_RAW', 'NET_ADMIN'],
    network: place.container === undefined ? 'host' : { container: place.container },
    userNamespace: 'host',
    readOnlyRoot: true,
    tmpfs: { '/tmp': '' },
  };
}

async function readUplinks(engine: Engine, plan: ClusterPlan, signal: AbortSignal): Promise<string[]> {
  const facts = await readHostFacts(engine, plan.baseImage, { signal });
  return [
    ...new Set(
      ([4, 6] as const).flatMap((family) =>
        facts.routes.filter((route) => hasDefaultRoute({ routes: [route] }, family)).map(({ device }) => device),
      ),
    ),
  ];
}

async function assertRuns(engine: Engine, { container }: CapturePlace): Promise<void> {
  if (container === undefined) return;
  const status = (await engine.findContainer(container))?.status ?? 'gone';
  if (status !== 'running')
    throw new DindError({
      code: 'capture-failed',
      source: 'environment',
      doing: 'capturing packets',
      where: container,
      observed: `the container is ${status}`,
      hint: howTo('up'),
    });
}

function captureFailed(place: CapturePlace, said: readonly string[], status: number): DindError {
  const text = said.filter((line) => line.trim() !== '').join('\n');
  if (/dumpcap: (command )?not found/.test(text)) {
    return new DindError({
      code: 'capture-failed',
      source: 'environment',
      doing: 'capturing packets',
      where: place.name,
      observed: 'the NAT64 container is of an image without dumpcap',
      hint: `\`${howTo('up')}\` makes it anew`,
    });
  }
  return new CommandError({
    code: 'capture-failed',
    doing: 'capturing packets',
    where: place.name,
    argv: ['dumpcap'],
    status,
    output: text,
  });
}
