import type { Random } from "@em-stellar/core";

/** Whole numbers at which programs go wrong. */
const edges = [0, 1, 2, 127, 128, 255, 256, 32767, 65535, 65536, 2 ** 24, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1];

/**
 * A file with up to four changes: bits that flip, bytes and numbers of 2, 4 or 8 bytes that become small, huge or random, a file
 * that is cut short, a part that is missing, doubled, set to one byte, or taken from `other`.
 */
export function mutateBytes(bytes: Uint8Array, other: Uint8Array, random: Random): Uint8Array {
  let out: Uint8Array = new Uint8Array(bytes); // a copy, of a Buffer too
  for (let left = 1 + random.integer(4); left > 0 && out.length > 0; left--) out = changed(out, other, random);
  return out;
}

function changed(out: Uint8Array, other: Uint8Array, random: Random): Uint8Array {
  const at = placeIn(out.length, random);
  const view = new DataView(out.buffer, out.byteOffset, out.length);
  const isLittle = random.integer(2) === 0;
  switch (random.integer(10)) {
    case 0:
      out[at] = random.integer(256);
      return out;
    case 1:
    case 2:
      out[at] = (out[at] as number) ^ (1 << random.integer(8)); // within the file
      return out;
    case 3:
      if (at + 2 <= out.length) view.setUint16(at, edge(random, out.length), isLittle);
      return out;
    case 4:
      if (at + 4 <= out.length) view.setUint32(at, edge(random, out.length), isLittle);
      return out;
    case 5:
      if (at + 8 <= out.length) view.setBigUint64(at, BigInt(edge(random, out.length)) << BigInt(random.integer(33)));
      return out;
    case 6:
      return out.slice(0, at);
    case 7: {
      const end = Math.min(out.length, at + 1 + random.integer(64));
      return random.integer(2) === 0
        ? joined(out.subarray(0, at), out.subarray(end))
        : joined(out.subarray(0, end), out.subarray(at));
    }
    case 8:
      out.fill(random.integer(3) * 127, at, at + 1 + random.integer(64));
      return out;
    default: {
      const from = placeIn(other.length, random);
      return random.integer(2) === 0
        ? joined(out.subarray(0, at), other.subarray(from))
        : joined(out.subarray(0, at), other.subarray(from, from + random.integer(200)), out.subarray(at));
    }
  }
}

/** A byte of a file: half of them of the first 64, where headers are, or the last 400, where TIFF's directories may be. */
function placeIn(length: number, random: Random): number {
  const kind = random.integer(4);
  if (kind === 0) return random.integer(Math.min(length, 64));
  if (kind === 1) return Math.max(0, length - 1 - random.integer(400));
  return random.integer(length);
}

function edge(random: Random, length: number): number {
  const kind = random.integer(3);
  return kind === 0 ? random.integer(65536) : kind === 1 ? random.integer(length + 2) : oneOf(edges, random);
}

/** An element of a list that is not empty. */
export function oneOf<T>(list: readonly T[], random: Random): T {
  return list[random.integer(list.length)] as T; // within the list
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
