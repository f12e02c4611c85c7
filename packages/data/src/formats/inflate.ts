import { Inflate } from "pako";
import { nativeZlib } from "./native-zlib.js";

/** Thrown to end a stream that has given what was promised. */
const enough = Symbol("enough");

/**
 * The first `length` bytes of zlib data, of which no more is unpacked: what a file promises is what is taken from it. Throws
 * an error that says what is wrong.
 */
export function inflateTo(chunk: Uint8Array, length: number): Uint8Array {
  return inflatedByNode(chunk, length) ?? inflated(chunk, length);
}

/** Undefined where there is no Node, and for data that are damaged or become more than was promised. */
function inflatedByNode(chunk: Uint8Array, length: number): Uint8Array | undefined {
  if (!nativeZlib) return undefined;
  try {
    // A chunk that is larger by one byte: the first is then the only one.
    const out = nativeZlib.inflateSync(chunk, {
      maxOutputLength: Math.max(1, length),
      chunkSize: Math.max(64, length + 1),
    });
    return out.length === length ? new Uint8Array(out.buffer, out.byteOffset, length) : undefined;
  } catch {
    return undefined;
  }
}

function inflated(chunk: Uint8Array, length: number): Uint8Array {
  const out = new Uint8Array(length);
  let to = 0;
  const zlib = new Inflate({ chunkSize: Math.min(Math.max(length, 64), 2 ** 16) });
  zlib.onData = (part) => {
    const left = length - to;
    out.set(part.length > left ? part.subarray(0, left) : part, to);
    to += Math.min(part.length, left);
    if (part.length > left) throw enough; // where it ends with what was promised, its checksum is still to be compared
  };
  try {
    zlib.push(chunk, true);
  } catch (thrown) {
    if (thrown !== enough) throw thrown;
    return out;
  }
  if (zlib.err) throw new Error(zlib.msg || `zlib error ${zlib.err}`);
  if (to < length) throw new Error(`a piece of the image has ${to} of ${length} bytes`);
  return out;
}
