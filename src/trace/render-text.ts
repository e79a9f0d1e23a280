import type { Paint } from '../progress/text.js';
import type { TracePacket, TraceResult } from '../results/trace.js';

/** The article's diagrams in words: who was asked what, the address and why, then each part of the way with its packet. */
export function renderTraceText(result: TraceResult, paint: Paint): string {
  const { name, port, pod, dns, address, ipv4, synthesis, path, segments, outcome, ms, stopped, mode } = result;
  const widths = [
    Math.max(0, ...dns.map(({ from, to }) => `${from} -> ${to}`.length)),
    4,
    Math.max(0, ...dns.map(({ server }) => server.length)),
  ];
  const between = Math.max(0, ...segments.map(({ from, to }) => `${from} -> ${to}`.length));
  return [
    `${paint.strong(`${name} port ${port}`)} from a pod on ${pod.node}; AAAA use is ${mode.aaaa ? 'on' : 'off'} (${mode.reason})\n`,
    ...(dns.length === 0 ? [] : ['\n', paint.strong('Name'), '\n']),
    ...dns.map(({ from, to, type, server, status, addresses, chain, ttl, ms: took }) => {
      const text =
        status !== 'NOERROR' ? paint.bad(status) : addresses.length === 0 ? `no ${type} record` : addresses.join(', ');
      const more = [
        ...(chain.length === 0 ? [] : [`by ${chain.join(', ')}`]),
        ...(ttl === undefined ? [] : [`TTL ${ttl}`]),
        ...(took === undefined ? [] : [`${took} ms`]),
      ].join(', ');
      return `  ${`${from} -> ${to}`.padEnd(widths[0] ?? 0)}  ${type.padEnd(4)}  ${server.padEnd(widths[2] ?? 0)}  ${text}${more === '' ? '' : `  ${paint.dim(more)}`}\n`;
    }),
    '\n',
    `${paint.strong('Address')}\n  ${address ?? 'none'}${ipv4 === undefined ? '' : ` (${ipv4} in the NAT64 prefix)`}\n  ${synthesis}\n`,
    ...(segments.length === 0
      ? []
      : ['\n', paint.strong(`Path: ${path === 'nat64' ? 'through NAT64, as IPv4' : 'direct, as IPv6'}`), '\n']),
    ...segments.map(
      ({ label, from, to, packet, translated, answered, evidence }) =>
        `  ${packet === undefined ? paint.dim(label) : paint.strong(label)}  ${`${from} -> ${to}`.padEnd(between)}  ${packet === undefined ? paint.dim('not seen') : describePacket(packet)}${packet === undefined ? '' : answered ? paint.good('  answered') : paint.bad('  no answer')}${translated === undefined ? '' : `\n     ${' '.repeat(between)}  ${paint.dim(`after ${translated}`)}`}\n     ${' '.repeat(between)}  ${paint.dim(evidence)}\n`,
    ),
    '\n',
    stopped === undefined
      ? `${paint.good('connected')}${ms === undefined ? '' : ` in ${ms} ms`}\n`
      : `${paint.bad(`stopped at ${stopped.at}`)} (${outcome}): ${stopped.reason}\n`,
  ].join('');
}

/** `[fd00:40::5]:40000 -> [fd00:10:64:ff9b::c633:640a]:443`. */
export function describePacket({ source, sourcePort, destination, destinationPort }: TracePacket): string {
  return `${withPort(source, sourcePort)} -> ${withPort(destination, destinationPort)}`;
}

function withPort(address: string, port: number | undefined): string {
  const host = address.includes(':') ? `[${address}]` : address;
  return port === undefined ? address : `${host}:${port}`;
}
