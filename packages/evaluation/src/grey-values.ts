import { type DecodedImage, InputError, maskOf, type ProbabilityMap, type StoredData } from "@em-stellar/core";

/** What the stored numbers of an image are: greys, free numbers (floats, signed or 32-bit integers) or indices into a palette. */
type Numbers = "greys" | "floats" | "labels";

/** One stored number for each pixel. */
export interface GreyValues {
  readonly width: number;
  readonly height: number;
  readonly data: StoredData;
  readonly numbers: Numbers;
  /** The largest value that the file's type can hold; 1 for floats. */
  readonly fullRange: number;
}

/** The numbers of a grey image. Throws `InputError` for a picture in colours: it is no map of one class. */
export function greyValues(image: DecodedImage, name: string): GreyValues {
  const { width, height, channels, data, fullRange, palette } = image;
  if (palette) {
    const isRamp = palette.length > 2 && palette.every((colour, i) => colour.every((channel) => channel === i));
    return { width, height, data, numbers: isRamp ? "greys" : "labels", fullRange };
  }
  if (channels === 1) return { width, height, data, numbers: numbersOf(data), fullRange };
  const grey = data.slice(0, width * height);
  for (let i = 0; i < grey.length; i++) {
    const pixel = data.subarray(i * channels, (i + 1) * channels);
    if (pixel.some((value) => value !== pixel[0])) {
      throw new InputError(
        `${name} is a picture in colours (${[...pixel].join(", ")} at x = ${i % width}, y = ${Math.floor(i / width)}). Masks and probability maps are grey: export them without overlay or colour table.`,
      );
    }
    grey[i] = pixel[0] as number; // an image has at least one channel
  }
  return { width, height, data: grey, numbers: numbersOf(grey), fullRange };
}

function numbersOf(data: StoredData): Numbers {
  return data instanceof Float32Array || data instanceof Uint32Array ? "floats" : "greys";
}

/** What the user says about the numbers; `null` where nothing. */
export interface ValueOptions {
  /** The values that mean object; all others mean background. */
  readonly labels: readonly number[] | null;
  /** The value that means certainly object, in place of 1, 255 or 65535. */
  readonly white: number | null;
}

/** What the numbers of a set of images are, as far as it has been looked through. */
export interface ValueRange {
  readonly numbers: Numbers;
  /** 8 or 16 bits for greys; 32 for floats. */
  readonly bits: 8 | 16 | 32;
  readonly lowest: number;
  readonly highest: number;
  /** The highest value as a share of what its own file can hold: a white pixel of 1 bit and one of 8 bits are equal. */
  readonly brightest: number;
}

/** The range of one image. */
export function rangeOf({ data, numbers, fullRange }: GreyValues): ValueRange {
  let [lowest, highest] = [data[0] as number, data[0] as number]; // an image has at least one pixel
  for (let i = 1; i < data.length; i++) {
    const value = data[i] as number;
    if (value < lowest) lowest = value;
    else if (value > highest) highest = value;
  }
  const bits = numbers === "floats" ? 32 : data instanceof Uint16Array ? 16 : 8;
  return { numbers, bits, lowest, highest, brightest: highest / fullRange };
}

/** The range of two sets together; `name` is the image of the second. Throws `InputError` where one scale cannot serve both. */
export function joinRanges(
  first: ValueRange | undefined,
  next: ValueRange,
  name: string,
  firstName: string,
): ValueRange {
  if (!first) return next;
  if (first.bits !== next.bits || first.numbers !== next.numbers) {
    throw new InputError(
      `${name} holds ${describe(next)}, but ${firstName} ${describe(first)}. What the values mean is decided once for all images of a set: save them all in one format.`,
    );
  }
  return {
    ...first,
    lowest: Math.min(first.lowest, next.lowest),
    highest: Math.max(first.highest, next.highest),
    brightest: Math.max(first.brightest, next.brightest),
  };
}

/** `8-bit greys`, for messages and results. */
export function describe({ numbers, bits }: Pick<ValueRange, "numbers" | "bits">): string {
  if (numbers === "floats") return "floating-point or signed numbers";
  return numbers === "labels" ? "indices of a colour table" : `${bits}-bit greys`;
}

/** How stored numbers become probabilities, for all images of a set. */
export type ValueScale =
  /** These values are object. */
  | { readonly labels: readonly number[] }
  /** Probability = value / white; `null`: the white of each file's own bit depth. */
  | { readonly white: number | null };

/** Floats that went through a resampling or a softmax may miss 0 and 1 by rounding; what lies within this is cut off. */
const rounding = 1e-6;

/**
 * Decides what the numbers of a set mean, once for all its images (the EM-stellar rule): 0 and 1 are a mask; other greys
 * are divided by 255 or 65535; floats lie in [0, 1]. Throws `InputError` where that would misread them.
 */
export function decideScale(
  range: ValueRange,
  { labels, white }: ValueOptions,
  set: { readonly what: string; readonly isTruth: boolean },
): ValueScale {
  const { numbers, bits, lowest, highest, brightest } = range;
  const { what, isTruth } = set;
  const [labelOption, whiteOption] = isTruth ? ["--truth-labels", "--truth-white"] : ["--labels", "--white"];
  if (labels) return { labels };
  if (white !== null) {
    if (lowest < 0 || highest > white) {
      throw new InputError(
        `${what} holds values from ${short(lowest)} to ${short(highest)}, but ${whiteOption} ${white} says that they lie between 0 and ${white}. For ${highest > white ? `a higher white, ${whiteOption} ${short(highest)}` : "negative values, export probabilities rather than scores"}.`,
      );
    }
    return { white };
  }
  if (lowest >= 0 && highest <= 1) return { white: 1 };
  if (numbers === "floats") {
    if (lowest >= -rounding && highest <= 1 + rounding) return { white: 1 };
    const repair =
      lowest < 0
        ? "These look like scores before the last activation: export probabilities (after the sigmoid or softmax)."
        : `If ${short(highest)} stands for probability 1, say ${whiteOption} ${short(highest)}; if the values are labels, say which are object: ${labelOption} 1.`;
    throw new InputError(
      `${what} holds ${describe(range)} from ${short(lowest)} to ${short(highest)}, but probabilities lie between 0 and 1. ${repair}`,
    );
  }
  if (numbers === "labels") {
    throw new InputError(
      `${what} holds ${describe(range)} up to ${highest}, and only 0 and 1 explain themselves. Say which are object, such as ${labelOption} 1, or, if they are greys shown in colours, ${whiteOption} 255.`,
    );
  }
  // A map whose every value is below a sixteenth of the range is 12 bits in 16, or labels, far sooner than a map of a network.
  // A constant one is neither: it is let through, and warned of.
  const [limit, limitWords] = isTruth ? [0.5, "half"] : [1 / 16, "a sixteenth"];
  if (brightest <= limit && (isTruth || lowest < highest)) {
    const full = bits === 16 ? 65535 : 255;
    throw new InputError(
      `${what} holds ${describe(range)} up to ${highest} only, less than ${limitWords} of ${full}${isTruth ? ", so that no pixel would be object" : ""}. If they are labels, say which are object: ${labelOption} ${isTruth ? `1-${highest}` : highest}.${wider(highest) < full ? ` If ${wider(highest)} stands for probability 1, say ${whiteOption} ${wider(highest)}.` : ""} If they are right as they are, ${whiteOption} ${full}.`,
    );
  }
  return { white: null };
}

/** A probability map from the numbers of one image. */
export function toMap(values: GreyValues, scale: ValueScale): ProbabilityMap {
  const { width, height, fullRange, numbers } = values;
  if ("labels" in scale) {
    const labels = new Set(scale.labels);
    return maskOf(width, height, (i) => labels.has(values.data[i] as number));
  }
  const data = values.data instanceof Uint32Array ? Float32Array.from(values.data) : values.data;
  if (numbers !== "floats" || scale.white !== 1) return { width, height, data, maximum: scale.white ?? fullRange };
  return { width, height, data: data.some(isOutside) ? data.map(clamp) : data, maximum: 1 };
}

function isOutside(value: number): boolean {
  return value < 0 || value > 1;
}

function clamp(value: number): number {
  return Math.min(1, Math.max(0, value));
}

/** The white of 8, 10, 12 or 14 bits that holds a value. */
function wider(value: number): number {
  return [255, 1023, 4095, 16383].find((white) => value <= white) ?? value;
}

function short(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)));
}
