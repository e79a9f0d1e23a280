import { expect, test } from 'vitest';
import { PcapngStream } from '../../../src/capture/pcapng.js';

const word = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};
const block = (type: number, body: Buffer): Buffer =>
  Buffer.concat([word(type), word(body.length + 12), body, word(body.length + 12)]);
const option = (code: number, text: string): Buffer => {
  const head = Buffer.alloc(4);
  head.writeUInt16LE(code, 0);
  head.writeUInt16LE(text.length, 2);
  return Buffer.concat([head, Buffer.from(text.padEnd(Math.ceil(text.length / 4) * 4, '\0'))]);
};
const section = block(0x0a0d0d0a, Buffer.concat([word(0x1a2b3c4d), word(1), Buffer.alloc(8, 0xff)]));
const interfaceOf = (options: Buffer): Buffer => block(1, Buffer.concat([word(1), word(0x40000), options]));
const packet = block(6, Buffer.concat([Buffer.alloc(20), Buffer.from('data')]));

/** What comes out of it when it goes in by pieces of `size` bytes. */
function feed(input: Buffer, size: number): { pieces: Buffer[]; stream: PcapngStream } {
  const pieces: Buffer[] = [];
  const stream = new PcapngStream(
    (name) => (name === 'eth0' ? 'the IPv6 side' : undefined),
    (whole) => pieces.push(Buffer.from(whole)),
  );
  for (let at = 0; at < input.length; at += size) stream.push(input.subarray(at, at + size));
  return { pieces, stream };
}

test.each([1, 7, 64, 10_000])(
  'in pieces of %i bytes: whole blocks come out, an interface with its description',
  (size) => {
    const named = interfaceOf(Buffer.concat([option(2, 'eth0'), Buffer.alloc(4)]));
    const { pieces, stream } = feed(
      Buffer.concat([section, named, interfaceOf(Buffer.alloc(0)), packet, packet.subarray(0, 9)]),
      size,
    );
    const expected = interfaceOf(Buffer.concat([option(3, 'the IPv6 side'), option(2, 'eth0'), Buffer.alloc(4)]));
    expect(Buffer.concat(pieces).equals(Buffer.concat([section, expected, interfaceOf(Buffer.alloc(0)), packet]))).toBe(
      true,
    );
    expect(stream.counts).toEqual({ packets: 1, interfaces: ['eth0', ''] });
  },
);

test('what is no pcapng is an error', () => {
  expect(() => feed(Buffer.from('dumpcap: permission denied'), 100)).toThrow(RangeError);
});
