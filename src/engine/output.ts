import { StringDecoder } from 'node:string_decoder';
import type { ExecResult } from './types.js';

type Stream = 'stdout' | 'stderr';

/**
 * Takes apart the engine's multiplexed output (frames of 8 bytes header: stream, 0, 0, 0, length; moby api/pkg/stdcopy), collects it and tells every
 * complete line; `onOutput` takes stdout as it is, in place of both. Stream 3 is the engine's own complaint; it counts as stderr.
 * Not docker-modem's demuxStream: to it stream 3 ends all framing, and some thousand small frames in one chunk overflow its stack.
 */
export class OutputCollector {
  private rest: Buffer = Buffer.alloc(0);
  private readonly stdout: LineCollector;
  private readonly stderr: LineCollector;

  constructor(
    onLine?: (line: string, stream: Stream) => void,
    private readonly onOutput?: (chunk: Buffer) => void,
  ) {
    this.stdout = new LineCollector((line) => onLine?.(line, 'stdout'));
    this.stderr = new LineCollector((line) => onLine?.(line, 'stderr'));
  }

  write(chunk: Buffer): void {
    this.rest = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    let start = 0;
    while (this.rest.length - start >= 8) {
      const end = start + 8 + this.rest.readUInt32BE(start + 4);
      if (this.rest.length < end) break;
      const content = this.rest.subarray(start + 8, end);
      if (this.rest[start] !== 1) this.stderr.write(content);
      else if (this.onOutput === undefined) this.stdout.write(content);
      else this.onOutput(content);
      start = end;
    }
    this.rest = this.rest.subarray(start);
  }

  /** Tells last lines without an end, and gives everything. */
  finish(): Omit<ExecResult, 'exitCode'> {
    return { stdout: this.stdout.finish(), stderr: this.stderr.finish() };
  }
}

/** Text in pieces to lines; characters and lines may be cut anywhere. */
class LineCollector {
  private readonly decoder = new StringDecoder('utf8');
  private readonly pieces: string[] = [];
  private rest = '';

  constructor(private readonly onLine: (line: string) => void) {}

  write(chunk: Buffer): void {
    this.add(this.decoder.write(chunk));
  }

  finish(): string {
    this.add(this.decoder.end());
    if (this.rest !== '') this.onLine(this.rest.replace(/\r$/, ''));
    this.rest = '';
    return this.pieces.join('');
  }

  private add(text: string): void {
    this.pieces.push(text);
    const lines = (this.rest + text).split('\n');
    this.rest = lines.pop() ?? '';
    for (const line of lines) this.onLine(line.replace(/\r$/, ''));
  }
}
