import { gather, type Tensor4D, tidy } from "@tensorflow/tfjs-core";
import type { FeatureLayer } from "./feature-layers.js";
import { type GridSize, resample } from "./resample.js";

/** Some channels of a block side by side, each stretched to its own range; a constant one is grey and crossed out. */
export interface ContactSheet {
  readonly width: number;
  readonly height: number;
  /** Grey and opacity of each pixel: between pictures there is nothing. */
  readonly data: Uint8Array;
  /** Pictures in a row. */
  readonly columns: number;
  /** Which channels of the block, counted from 0, row by row. */
  readonly channels: readonly number[];
}

/** A sheet that is being filled. */
interface OpenSheet {
  /** Draws those of a layer's maps [1, height, width, channels] that were picked; `start` is its first channel in the block. */
  add(maps: Tensor4D, start: number, constant: readonly number[]): Promise<void>;
  layOut(): ContactSheet;
}

/** Longest side of one picture, in pixels. */
const side = 64;
const gap = 4;
const mostColumns = 8;

/** A sheet of so many channels of a block, evenly picked, as they are on an image. */
export function createSheet(image: GridSize, layers: readonly FeatureLayer[], count: number): OpenSheet {
  const picked = pickEvenly(
    layers.reduce((sum, { channels }) => sum + channels, 0),
    count,
  );
  const scale = side / Math.max(image.height, image.width);
  const length = (pixels: number) => Math.max(1, Math.round(pixels * scale));
  const size = { height: length(image.height), width: length(image.width) };
  const pictures = new Map<number, Uint8Array>();
  return {
    async add(maps, start, constant) {
      const own = picked.filter((channel) => channel >= start && channel < start + (maps.shape[3] as number));
      if (own.length === 0) return;
      const chosen = own.map((channel) => channel - start);
      const small = tidy(() => resample(gather(maps, chosen, 3), size));
      const values = (await small.data()) as Float32Array; // of float32 tensors
      small.dispose();
      own.forEach((channel, i) => {
        const picture = Float32Array.from(
          { length: values.length / own.length },
          (_, at) => values[at * own.length + i] ?? 0,
        );
        pictures.set(channel, constant.includes(channel - start) ? crossed(size) : stretched(picture));
      });
    },
    layOut: () =>
      layOut(
        picked.map((channel) => pictures.get(channel) ?? crossed(size)),
        size,
        picked,
      ),
  };
}

/** `count` of `total` numbers from 0 on, evenly spread, or all of them. */
export function pickEvenly(total: number, count: number): number[] {
  const length = Math.min(total, count);
  return Array.from({ length }, (_, i) => Math.floor(((i + 0.5) * total) / length));
}

function layOut(
  pictures: readonly Uint8Array[],
  { height, width }: GridSize,
  channels: readonly number[],
): ContactSheet {
  const columns = Math.max(1, Math.min(mostColumns, pictures.length));
  const rows = Math.max(1, Math.ceil(pictures.length / columns));
  const sheet = { width: columns * (width + gap) - gap, height: rows * (height + gap) - gap };
  const data = new Uint8Array(2 * sheet.width * sheet.height);
  pictures.forEach((picture, i) => {
    const [left, top] = [(i % columns) * (width + gap), Math.floor(i / columns) * (height + gap)];
    picture.forEach((grey, pixel) => {
      const [x, y] = [left + (pixel % width), top + Math.floor(pixel / width)];
      data.set([grey, 255], 2 * (y * sheet.width + x));
    });
  });
  return { ...sheet, data, columns, channels };
}

/** From the 0.5th to the 99.5th percentile, so that one bright pixel does not darken the rest. */
function stretched(values: Float32Array): Uint8Array {
  const sorted = values.toSorted();
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))] as number; // there is a pixel
  const [low, high] = [at(0.005), at(0.995)];
  // A channel that is the same nearly everywhere shows where it is not.
  const [black, white] = high > low ? [low, high] : [at(0), at(1)];
  return Uint8Array.from(values, (value) => 255 * Math.min(1, Math.max(0, (value - black) / (white - black || 1))));
}

function crossed({ height, width }: GridSize): Uint8Array {
  return Uint8Array.from({ length: height * width }, (_, i) => {
    const [x, y] = [((i % width) + 0.5) / width, (Math.floor(i / width) + 0.5) / height];
    return Math.min(Math.abs(x - y), Math.abs(x + y - 1)) < 0.02 ? 60 : 140;
  });
}
