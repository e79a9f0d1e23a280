import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OutputCollector } from '../../../src/engine/output.js';

describe('OutputCollector', () => {
  const frame = (stream: number, text: string | Buffer): Buffer => {
    const content = Buffer.from(text);
    const header = Buffer.from([stream, 0, 0, 0, 0, 0, 0, 0]);
    header.writeUInt32BE(content.length, 4);
    return Buffer.concat([header, content]);
  };

  it("keeps the streams apart and counts the engine's own complaint as stderr", () => {
    const output = new OutputCollector();
    output.write(Buffer.concat([frame(1, 'a'), frame(2, 'b'), frame(3, 'c'), frame(1, '')]));
    expect(output.finish()).toEqual({ stdout: 'a', stderr: 'bc' });
  });

  it('tells lines without \\r, and the last one without an end', () => {
    const lines: string[] = [];
    const output = new OutputCollector((line, stream) => lines.push(`${stream}:${line}`));
    output.write(Buffer.concat([frame(1, 'one\r\ntw'), frame(2, 'err\n'), frame(1, 'o\n\nlast')]));
    expect(output.finish()).toEqual({ stdout: 'one\r\ntwo\n\nlast', stderr: 'err\n' });
    expect(lines).toEqual(['stdout:one', 'stderr:err', 'stdout:two', 'stdout:', 'stdout:last']);
  });

  it('gives the same however frames, characters and chunks are cut', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 60 }),
        fc.array(fc.nat(40), { maxLength: 20 }),
        fc.array(fc.nat(40), { maxLength: 20 }),
        (text, frameSizes, chunkSizes) => {
          const frames = Buffer.concat(cut(Buffer.from(text), frameSizes).map((piece) => frame(1, piece)));
          const lines: string[] = [];
          const output = new OutputCollector((line) => lines.push(line));
          for (const chunk of cut(frames, chunkSizes)) output.write(chunk);
          const { stdout } = output.finish();
          expect(stdout).toBe(Buffer.from(text).toString());
          expect(lines.length).toBe(stdout.split('\n').length - (stdout === '' || stdout.endsWith('\n') ? 1 : 0));
        },
      ),
    );
  });

  function cut(whole: Buffer, sizes: number[]): Buffer[] {
    const pieces: Buffer[] = [];
    let start = 0;
    for (const size of sizes) {
      pieces.push(whole.subarray(start, start + size));
      start += size;
    }
    return [...pieces, whole.subarray(start)];
  }
});
