/** Block types of pcapng (draft-ietf-opsawg-pcapng), as far as they are told apart here. */
const interfaceBlock = 0x00000001;
const packetBlock = 0x00000006;
const sectionBlock = 0x0a0d0d0a;
const littleEndianMagic = 0x1a2b3c4d;
const option = { comment: 1, ifName: 2, ifDescription: 3 } as const;

export interface PcapngCounts {
  packets: number;
  interfaces: string[];
}

/**
 * Takes a pcapng as it is written, in pieces of any size, and gives it on in whole blocks: what has been given on is a file that can be read at
 * every moment, however the rest ends. Interfaces get a description by their name. Throws RangeError for what is no pcapng.
 */
export class PcapngStream {
  readonly counts: PcapngCounts = { packets: 0, interfaces: [] };
  private rest: Buffer = Buffer.alloc(0);
  private littleEndian = true;

  constructor(
    private readonly describe: (interfaceName: string) => string | undefined,
    private readonly write: (blocks: Buffer) => void,
  ) {}

  push(chunk: Buffer): void {
    this.rest = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    const whole: Buffer[] = [];
    for (let block = this.take(); block !== undefined; block = this.take()) whole.push(this.see(block));
    if (whole.length > 0) this.write(Buffer.concat(whole));
  }

  private take(): Buffer | undefined {
    if (this.rest.length < 12) return undefined;
    // Byte order is the section's own, told behind its length.
    if (this.rest.readUInt32LE(0) === sectionBlock) this.littleEndian = this.rest.readUInt32LE(8) === littleEndianMagic;
    const length = this.read(this.rest, 4);
    if (length < 12 || length % 4 !== 0) throw new RangeError(`a block of ${length} bytes is no pcapng`);
    if (this.rest.length < length) return undefined;
    const block = this.rest.subarray(0, length);
    this.rest = this.rest.subarray(length);
    return block;
  }

  private see(block: Buffer): Buffer {
    const type = this.read(block, 0);
    if (type === packetBlock) this.counts.packets += 1;
    if (type !== interfaceBlock) return block;
    const name =
      this.readOptions(block.subarray(16, block.length - 4))
        .find(({ code }) => code === option.ifName)
        ?.value.toString() ?? '';
    this.counts.interfaces.push(name);
    const description = this.describe(name);
    return description === undefined ? block : this.addDescription(block, description);
  }

  /** Before the options that are there: the last of them ends the list. */
  private addDescription(block: Buffer, text: string): Buffer {
    const value = Buffer.from(text);
    const added = Buffer.alloc(4 + Math.ceil(value.length / 4) * 4);
    this.writeShort(added, option.ifDescription, 0);
    this.writeShort(added, value.length, 2);
    value.copy(added, 4);
    const options = block.subarray(16, block.length - 4);
    const result = Buffer.concat([
      block.subarray(0, 16),
      added,
      options.length === 0 ? Buffer.alloc(4) : options,
      block.subarray(block.length - 4),
    ]);
    for (const at of [4, result.length - 4])
      if (this.littleEndian) result.writeUInt32LE(result.length, at);
      else result.writeUInt32BE(result.length, at);
    return result;
  }

  private readOptions(bytes: Buffer): { code: number; value: Buffer }[] {
    const found: { code: number; value: Buffer }[] = [];
    for (let at = 0; at + 4 <= bytes.length;) {
      const [code, length] = [this.readShort(bytes, at), this.readShort(bytes, at + 2)];
      if (code === 0) break;
      found.push({ code, value: bytes.subarray(at + 4, at + 4 + length) });
      at += 4 + Math.ceil(length / 4) * 4;
    }
    return found;
  }

  private read(bytes: Buffer, at: number): number {
    return this.littleEndian ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at);
  }
  private readShort(bytes: Buffer, at: number): number {
    return this.littleEndian ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at);
  }
  private writeShort(bytes: Buffer, value: number, at: number): void {
    if (this.littleEndian) bytes.writeUInt16LE(value, at);
    else bytes.writeUInt16BE(value, at);
  }
}
