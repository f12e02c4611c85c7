import type { ByteSource } from "@em-stellar/core";

/** Longer reads are not served from memory. */
export const blockBytes = 16384;
const blocksKept = 4;

/** A source whose short reads are served from a few blocks in memory: headers are read in many small pieces that lie together. */
export function inBlocks(source: ByteSource): ByteSource {
  const blocks = new Map<number, Uint8Array>();
  const blockAt = async (start: number): Promise<Uint8Array> => {
    const found = blocks.get(start);
    if (found) return found;
    const block = await source.read(start, Math.min(blockBytes, source.size - start));
    blocks.set(start, block);
    const [oldest] = blocks.keys();
    if (blocks.size > blocksKept && oldest !== undefined) blocks.delete(oldest);
    return block;
  };
  return {
    name: source.name,
    size: source.size,
    async read(offset, length) {
      const start = Math.floor(offset / blockBytes) * blockBytes;
      const isWithin = offset >= 0 && offset + length <= Math.min(start + blockBytes, source.size);
      if (!isWithin) return source.read(offset, length);
      return (await blockAt(start)).subarray(offset - start, offset - start + length);
    },
  };
}
