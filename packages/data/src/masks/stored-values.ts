import { type DecodedImage, InputError, type PaletteColor, type StoredData } from "@em-stellar/core";
import { toGrey } from "../grey.js";

/** What stored numbers are: greys, free numbers (floats, signed or 32-bit integers), or labels (palette indices, colours). */
export type Numbers = "greys" | "floats" | "labels";

/** One stored number for each pixel of a mask or probability map. */
export interface StoredValues {
  readonly width: number;
  readonly height: number;
  readonly data: StoredData;
  readonly numbers: Numbers;
  /** The largest value that the file's type can hold; 1 for floats. */
  readonly fullRange: number;
  /** The colour of each number, where the numbers are indices into a palette that is no plain ramp of greys. */
  readonly palette?: readonly PaletteColor[];
}

/** Channels that differ by no more than this share of the full range are grey: lossy compression leaves such traces. */
const nearlyGrey = 0.035;

/**
 * The numbers of a mask or map as they are stored. A palette's numbers are its indices. A picture in colours has a number
 * for each colour (`65536 × red + 256 × green + blue`, black 0); throws `InputError` where it has more than `mostColours`
 * of them: it is then an overlay or a photograph.
 */
export function storedValues(image: DecodedImage, name: string, mostColours = 4096): StoredValues {
  const { width, height, channels, data, fullRange, palette } = image;
  if (palette) {
    const isRamp = palette.length > 2 && palette.every((colour, i) => colour.every((channel) => channel === i));
    return isRamp
      ? { width, height, data, numbers: "greys", fullRange }
      : { width, height, data, numbers: "labels", fullRange, palette };
  }
  if (channels === 1) return { width, height, data, numbers: numbersOf(data), fullRange };
  const limit = nearlyGrey * fullRange;
  for (let i = 0; i < data.length; i += channels) {
    const [red, green, blue] = [data[i] as number, data[i + 1] as number, data[i + 2] as number];
    if (Math.max(red, green, blue) - Math.min(red, green, blue) > limit) {
      return colourNumbers(image, name, mostColours);
    }
  }
  const grey = toGrey(image, name);
  return { width, height, data: grey.data, numbers: numbersOf(data), fullRange };
}

function colourNumbers({ width, height, channels, data, fullRange }: DecodedImage, name: string, most: number) {
  const numbers = new Float32Array(width * height);
  const seen = new Set<number>();
  const scale = data instanceof Float32Array ? 255 : fullRange > 255 ? 1 / 257 : 1;
  for (let i = 0; i < numbers.length; i++) {
    const [red, green, blue] = [0, 1, 2].map((c) => Math.round((data[i * channels + c] as number) * scale));
    const number = 65536 * (red as number) + 256 * (green as number) + (blue as number);
    numbers[i] = number;
    if (seen.has(number)) continue;
    seen.add(number);
    if (seen.size > most) {
      throw new InputError(
        `${name} is a picture in colours (${red}, ${green}, ${blue} at x = ${i % width}, y = ${Math.floor(i / width)}). Masks and probability maps are grey: export them without overlay or colour table.`,
      );
    }
  }
  return { width, height, data: numbers, numbers: "labels" as const, fullRange: 2 ** 24 - 1 };
}

function numbersOf(data: StoredData): Numbers {
  return data instanceof Float32Array || data instanceof Uint32Array ? "floats" : "greys";
}
