/** Machines of ELF files, by Node's name of the processor. */
const machines: Readonly<Record<string, number>> = { x64: 62, arm64: 183 };

/** Whether {@link sharedObject} makes what this machine's loader reads. */
export const loadsSharedObjects = process.platform === "linux" && process.arch in machines;

/** The bytes of an empty shared object that needs another library: what Linux's loader then says of a missing one is real. */
export function sharedObject(needed: string): Buffer {
  const headers = 64 + 2 * 56;
  const names = Buffer.from(`\0${needed}\0`);
  const strings = headers;
  const symbols = align(strings + names.length); // one symbol, of no name
  const hash = symbols + 24; // a table of one bucket, for one symbol
  const dynamic = align(hash + 16);
  const entries = [
    [1, 1], // DT_NEEDED: where the name begins
    [5, strings], // DT_STRTAB
    [10, names.length], // DT_STRSZ
    [6, symbols], // DT_SYMTAB
    [11, 24], // DT_SYMENT
    [4, hash], // DT_HASH
    [0, 0],
  ] as const;
  const size = dynamic + 16 * entries.length;
  const file = Buffer.alloc(size);
  file.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]); // 64 bits, little end first
  file.writeUInt16LE(3, 16); // a shared object
  file.writeUInt16LE(machines[process.arch] ?? 0, 18);
  file.writeUInt32LE(1, 20);
  file.writeBigUInt64LE(64n, 32); // the program headers follow at once
  file.writeUInt16LE(64, 52);
  file.writeUInt16LE(56, 54);
  file.writeUInt16LE(2, 56);
  segment(file, 64, { type: 1, flags: 6, offset: 0, size, alignment: 0x10000 }); // PT_LOAD: the whole file
  segment(file, 120, { type: 2, flags: 6, offset: dynamic, size: size - dynamic, alignment: 8 }); // PT_DYNAMIC
  names.copy(file, strings);
  file.writeUInt32LE(1, hash);
  file.writeUInt32LE(1, hash + 4);
  for (const [i, [tag, value]] of entries.entries()) {
    file.writeBigUInt64LE(BigInt(tag), dynamic + 16 * i);
    file.writeBigUInt64LE(BigInt(value), dynamic + 16 * i + 8);
  }
  return file;
}

interface Segment {
  readonly type: number;
  readonly flags: number;
  readonly offset: number;
  readonly size: number;
  readonly alignment: number;
}

function segment(file: Buffer, at: number, { type, flags, offset, size, alignment }: Segment): void {
  file.writeUInt32LE(type, at);
  file.writeUInt32LE(flags, at + 4);
  for (const [i, value] of [offset, offset, offset, size, size, alignment].entries()) {
    file.writeBigUInt64LE(BigInt(value), at + 8 + 8 * i);
  }
}

function align(at: number): number {
  return Math.ceil(at / 8) * 8;
}
