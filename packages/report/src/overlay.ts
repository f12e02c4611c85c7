import { encode } from "fast-png";

/** `accessible` keeps its colours apart for colour-blind readers; `paper` has those of the paper's supplementary figure 1. */
export type Palette = "accessible" | "paper";

/** What a pixel is called against what it is. The numbers are those in a class map. */
const trueNegative = 0;
const truePositive = 1;
const falsePositive = 2;
const falseNegative = 3;

/** Red, green, blue and opacity, each 0 to 255. */
type Colour = readonly [red: number, green: number, blue: number, alpha: number];

/** How one class is painted: its inside, its border, and where the border is dashed, the gaps. */
interface Paint {
  readonly inside: Colour;
  readonly edge: Colour;
  readonly gap: Colour;
}

/** A palette in words and colours, in the order of the class numbers. */
interface PaletteColours {
  readonly classes: readonly [tn: Paint, tp: Paint, fp: Paint, fn: Paint];
  /** What the legend calls each class's look. */
  readonly words: { readonly tp: string; readonly fp: string; readonly fn: string; readonly tn: string };
}

const solid = (colour: Colour): Paint => ({ inside: colour, edge: colour, gap: colour });

export const palettes: Record<Palette, PaletteColours> = {
  accessible: {
    classes: [
      solid([0, 0, 0, 0]),
      { inside: [86, 160, 255, 105], edge: [86, 160, 255, 105], gap: [86, 160, 255, 105] },
      { inside: [255, 176, 0, 170], edge: [255, 176, 0, 255], gap: [255, 176, 0, 255] },
      { inside: [220, 38, 127, 170], edge: [220, 38, 127, 255], gap: [255, 255, 255, 255] },
    ],
    words: {
      tp: "blue tint",
      fp: "amber with a solid edge",
      fn: "magenta with a dashed edge",
      tn: "no colour",
    },
  },
  paper: {
    classes: [solid([0, 0, 0, 255]), solid([255, 255, 0, 255]), solid([0, 255, 0, 255]), solid([255, 0, 0, 255])],
    words: { tp: "yellow", fp: "green", fn: "red", tn: "black" },
  },
};

/** How many pixels fell in each class. */
export interface PixelCounts {
  readonly tp: number;
  readonly fp: number;
  readonly fn: number;
  readonly tn: number;
}

/** The class number of each pixel, from two masks that hold 0 or 1. */
export function classify(truth: Uint8Array, prediction: Uint8Array): Uint8Array {
  const classes = new Uint8Array(truth.length);
  for (let i = 0; i < classes.length; i++) {
    classes[i] = prediction[i] ? (truth[i] ? truePositive : falsePositive) : truth[i] ? falseNegative : trueNegative;
  }
  return classes;
}

/** Pixels of each class in a class map. */
export function countPixels(classes: Uint8Array): PixelCounts {
  const counts = [0, 0, 0, 0];
  for (const pixel of classes) counts[pixel] = (counts[pixel] as number) + 1; // a class map holds 0 to 3
  const [tn = 0, tp = 0, fp = 0, fn = 0] = counts;
  return { tp, fp, fn, tn };
}

/** A class map made smaller by a whole factor: each block takes its most frequent class, an error where classes tie. */
export function shrinkClasses(classes: Uint8Array, width: number, height: number, factor: number): Uint8Array {
  if (factor === 1) return classes;
  const [outWidth, outHeight] = [Math.ceil(width / factor), Math.ceil(height / factor)];
  const out = new Uint8Array(outWidth * outHeight);
  for (let y = 0; y < outHeight; y++) {
    for (let x = 0; x < outWidth; x++) {
      const counts = [0, 0, 0, 0];
      for (let v = y * factor; v < Math.min(height, (y + 1) * factor); v++) {
        for (let u = x * factor; u < Math.min(width, (x + 1) * factor); u++) {
          const pixel = classes[v * width + u] as number;
          counts[pixel] = (counts[pixel] as number) + 1;
        }
      }
      out[y * outWidth + x] = [falseNegative, falsePositive, truePositive, trueNegative].reduce((best, next) =>
        (counts[next] as number) > (counts[best] as number) ? next : best,
      );
    }
  }
  return out;
}

/** A picture of a class map to lay over the image: a 4-bit palette PNG, transparent where the palette says so. */
export function overlayPng(classes: Uint8Array, width: number, height: number, palette: Palette): Uint8Array {
  const colours: number[][] = [];
  const entryOf = (colour: Colour): number => {
    const found = colours.findIndex((entry) => entry.every((channel, i) => channel === colour[i]));
    return found >= 0 ? found : colours.push([...colour]) - 1;
  };
  const paints = palettes[palette].classes;
  // The encoder writes the opacities of translucent entries only, from the first on: they must come before opaque ones.
  const all = paints.flatMap(({ inside, edge, gap }) => [inside, edge, gap]);
  for (const colour of all.toSorted((a, b) => Number(a[3] === 255) - Number(b[3] === 255))) entryOf(colour);
  const entries = paints.map(({ inside, edge, gap }) => [inside, edge, gap].map(entryOf));

  const bytesPerRow = Math.ceil(width / 2);
  const data = new Uint8Array(bytesPerRow * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = y * width + x;
      const pixel = classes[i] as number;
      const onEdge =
        (x > 0 && classes[i - 1] !== pixel) ||
        (x < width - 1 && classes[i + 1] !== pixel) ||
        (y > 0 && classes[i - width] !== pixel) ||
        (y < height - 1 && classes[i + width] !== pixel);
      const look = onEdge ? (((x + y) >> 2) & 1 ? 2 : 1) : 0;
      const entry = entries[pixel]?.[look] as number; // four classes with three looks each
      const at = y * bytesPerRow + (x >> 1);
      data[at] = (data[at] as number) | (x & 1 ? entry : entry << 4);
    }
  }
  return encode({ width, height, channels: 1, depth: 4, palette: colours, data }, { zlib: { level: 6 } });
}
