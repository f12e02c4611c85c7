import { hashBytes, type ProbabilityMap, type RunStore } from "@em-stellar/core";
import { decode } from "fast-png";
import { Unzlib } from "fflate";

/** A picture that a page should show and cannot. */
export interface LostPicture {
  /** Its path in the folder of the results. */
  readonly path: string;
  /** The problem, which continues a sentence after the path: `is missing`. */
  readonly problem: string;
}

/** What is known of a picture before it is read. */
interface ExpectedPicture {
  readonly width: number;
  readonly height: number;
  /** SHA-256 of the file, where one was recorded. */
  readonly hash?: string | undefined;
}

/** A grey PNG of 8 or 16 bits as a map, or what is wrong with it. */
export async function readMap(
  store: Pick<RunStore, "read">,
  path: string,
  { width, height, hash }: ExpectedPicture,
): Promise<ProbabilityMap | LostPicture> {
  try {
    const file = await store.read(path);
    if (!file) return { path, problem: "is missing" };
    const { depth, channels, data } = decode(pixelsAlone(file, width, height, 2), { checkCrc: true });
    if (channels !== 1 || (depth !== 8 && depth !== 16)) throw new Error("it is not grey, of 8 or 16 bits");
    if (hash !== undefined && (await hashBytes(file)) !== hash) {
      throw new Error("its checksum is not the one that was recorded");
    }
    return { width, height, data: data instanceof Uint16Array ? data : new Uint8Array(data), maximum: 2 ** depth - 1 };
  } catch (error) {
    return { path, problem: `is damaged: ${error instanceof Error ? error.message : String(error)}` };
  }
}

/** A PNG as it is stored, or what is wrong with it. */
export async function readPicture(store: Pick<RunStore, "read">, path: string): Promise<Uint8Array | LostPicture> {
  try {
    const file = await store.read(path);
    if (!file) return { path, problem: "is missing" };
    if (file.length < 33) throw new Error("it is cut short");
    const header = new DataView(file.buffer, file.byteOffset, file.byteLength);
    const [width, height] = [header.getUint32(16), header.getUint32(20)];
    if (width * height > mostPixels) throw new Error(`its header says ${width} × ${height} pixels`);
    decode(pixelsAlone(file, width, height, 8), { checkCrc: true });
    return file;
  } catch (error) {
    return { path, problem: `is damaged: ${error instanceof Error ? error.message : String(error)}` };
  }
}

/** More pixels than any picture of channels has. */
const mostPixels = 2 ** 25;

/** Whether a picture cannot be shown. */
export function isLost(picture: Uint8Array | ProbabilityMap | LostPicture): picture is LostPicture {
  return "problem" in picture;
}

/** Compressed bytes that are unpacked between two looks at how much has come of them: at most 1032 times as many. */
const mouthful = 4096;

/**
 * The PNG without what is not needed to decode it. Throws where it is of another size than it should be, or would unpack to
 * more: the decoder takes whatever a file holds.
 */
function pixelsAlone(file: Uint8Array, width: number, height: number, bytesOfPixel: number): Uint8Array {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const parts = [file.subarray(0, 8)];
  let left = height * (1 + bytesOfPixel * width); // each row follows the number of its filter
  const unpacker = new Unzlib((part) => {
    left -= part.length;
    if (left < 0) throw new Error(`it holds more than ${width} × ${height} pixels`);
  });
  for (let at = 8; at < file.length; ) {
    if (at + 12 > file.length) throw new Error("it is cut short");
    const end = at + 12 + view.getUint32(at);
    if (end > file.length) throw new Error("it is cut short");
    const type = String.fromCharCode(...file.subarray(at + 4, at + 8));
    if (type === "IHDR") {
      const [w, h] = [view.getUint32(at + 8), view.getUint32(at + 12)];
      if (w !== width || h !== height) throw new Error(`it has ${w} × ${h} pixels instead of ${width} × ${height}`);
    }
    if (type === "IDAT") {
      for (let from = at + 8; from < end - 4; from += mouthful) {
        unpacker.push(file.subarray(from, Math.min(from + mouthful, end - 4)));
      }
    }
    if (["IHDR", "IDAT", "IEND"].includes(type)) parts.push(file.subarray(at, end));
    at = end;
  }
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let to = 0;
  for (const part of parts) {
    whole.set(part, to);
    to += part.length;
  }
  return whole;
}
