import { Deflate } from "pako";
import { nativeZlib } from "../formats/native-zlib.js";

/** A zlib stream (RFC 1950) that is written as its data come. */
export interface ZlibStream {
  /** The bytes of the stream that are ready; those of the data may follow later. */
  add(data: Uint8Array): Uint8Array[];
  /** The last bytes. */
  end(): Uint8Array[];
}

/** By Node's zlib where there is one, else in JavaScript. */
export function createZlibStream(): ZlibStream {
  return nativeZlib ? ofNode(nativeZlib) : ofPako();
}

function ofPako(): ZlibStream {
  let ready: Uint8Array[] = [];
  const zlib = new Deflate({ level: 6 }); // not fflate: 0.8.3 refers back past the start where a stream begins with zeros
  zlib.onData = (part) => ready.push(part);
  const taken = () => {
    const parts = ready;
    ready = [];
    return parts;
  };
  return {
    add(data) {
      zlib.push(data);
      return taken();
    },
    end() {
      zlib.push(new Uint8Array(0), true);
      return taken();
    },
  };
}

/** Bytes that are compressed at once, and how far back they may refer into those before (RFC 1951). */
const [pieceBytes, windowBytes] = [2 ** 20, 2 ** 15];

/**
 * Node compresses without waiting only what is there as a whole: so the data go piece by piece, each ended at a whole byte and
 * referring back into the one before as if both were one. Where they are cut does not depend on how they come.
 */
function ofNode({ deflateRawSync, constants: { Z_FINISH, Z_SYNC_FLUSH } }: NonNullable<typeof nativeZlib>): ZlibStream {
  const header = [new Uint8Array([0x78, 0x9c])]; // deflate with a window of 32 KiB, at the default level
  const sum = new Adler32();
  const piece = new Uint8Array(windowBytes + pieceBytes); // behind the end of the piece before
  let [before, filled] = [0, 0];
  const compressed = (finishFlush: number): Uint8Array => {
    const end = windowBytes + filled;
    const data = piece.subarray(windowBytes, end);
    sum.add(data);
    const dictionary = before > 0 ? { dictionary: piece.subarray(windowBytes - before, windowBytes) } : {};
    const out = deflateRawSync(data, { level: 6, finishFlush, ...dictionary });
    before = Math.min(windowBytes, before + filled);
    piece.copyWithin(windowBytes - before, end - before, end);
    filled = 0;
    return out;
  };
  return {
    add(data) {
      const parts: Uint8Array[] = header.splice(0);
      for (let from = 0; from < data.length; ) {
        const part = data.subarray(from, from + pieceBytes - filled);
        piece.set(part, windowBytes + filled);
        filled += part.length;
        from += part.length;
        if (filled === pieceBytes) parts.push(compressed(Z_SYNC_FLUSH));
      }
      return parts;
    },
    end: () => [...header.splice(0), compressed(Z_FINISH), sum.bytes()],
  };
}

/** Largest prime below 2^16, and how many bytes the sums take before they need more than 32 bits (zlib's adler32.c). */
const [modulus, atOnce] = [65521, 5552];

/** The checksum at the end of a zlib stream (RFC 1950 §8.2). */
class Adler32 {
  #low = 1;
  #high = 0;

  add(data: Uint8Array): void {
    let [low, high] = [this.#low, this.#high];
    for (let from = 0; from < data.length; from += atOnce) {
      const to = Math.min(data.length, from + atOnce);
      for (let i = from; i < to; i++) {
        low += data[i] as number;
        high += low;
      }
      low %= modulus;
      high %= modulus;
    }
    [this.#low, this.#high] = [low, high];
  }

  /** High bytes first. */
  bytes(): Uint8Array {
    return new Uint8Array([this.#high >> 8, this.#high & 255, this.#low >> 8, this.#low & 255]);
  }
}
