import type { Raster } from "@em-stellar/core";
import type { Contrast } from "@em-stellar/data";
import type { Levels } from "./levels.js";
import type { ViewBox } from "./view-box.js";

/** Red, green and blue, 0 to 255. */
type Colour = readonly [red: number, green: number, blue: number];

/** A mask or a probability map over an image of the same size. */
export interface Layer {
  readonly map: Levels;
  /** The value that stands for probability 1. */
  readonly maximum: number;
  /** A pixel is object where its probability is above it. */
  readonly threshold: number;
  readonly colour: Colour;
  /** 0 to 1: how much of the image the colour covers. */
  readonly opacity: number;
  /** `mask` covers the object; `probability` covers each pixel as much as it is likely to be object. */
  readonly fill: "mask" | "probability";
  /** Draws the border of the object, two screen pixels wide. */
  readonly outline: boolean;
}

/** A part of a canvas, in its pixels. */
export interface Pane {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** The pixels of a canvas. */
export interface Canvas {
  readonly width: number;
  readonly height: number;
  /** Red, green, blue and opacity of each pixel in one number, red in the lowest byte, as the bytes of `ImageData` are on every machine. */
  readonly pixels: Uint32Array;
}

const outlineWidth = 2;

/**
 * Draws what a view sees of an image into a pane, the image's place at the view's centre in the centre of `frame` (the pane,
 * where absent). Pixels outside of the image become transparent. Work grows with the pane, not with the image.
 */
export function paint(
  canvas: Canvas,
  pane: Pane,
  image: Levels,
  contrast: Contrast,
  layers: readonly Layer[],
  view: ViewBox,
  frame: Pane = pane,
): void {
  const places = placesOf(pane, image, view, frame);
  paintImage(canvas, pane, levelFor(image, view.zoom), image, contrast, places);
  for (const layer of layers) paintLayer(canvas, pane, layer, view.zoom, places);
}

/** The column of the image under each column of a pane, and the row under each row; -1 outside. */
interface Places {
  readonly columns: Int32Array;
  readonly rows: Int32Array;
}

function placesOf(pane: Pane, { width, height }: Levels, view: ViewBox, frame: Pane): Places {
  const place = (centre: number, middle: number, start: number, most: number) => (i: number) => {
    const at = Math.floor(centre + (start + i + 0.5 - middle) / view.zoom);
    return at >= 0 && at < most ? at : -1;
  };
  const column = place(view.x, frame.left + frame.width / 2, pane.left, width);
  const row = place(view.y, frame.top + frame.height / 2, pane.top, height);
  return {
    columns: Int32Array.from({ length: pane.width }, (_, i) => column(i)),
    rows: Int32Array.from({ length: pane.height }, (_, i) => row(i)),
  };
}

interface ChosenLevel {
  readonly raster: Raster;
  /** The place in the level is that in the image, shifted right by so many bits. */
  readonly shift: number;
}

/** The smallest level of which no pixel is larger than one of the screen. */
function levelFor({ levels }: Levels, zoom: number): ChosenLevel {
  const shift = Math.min(levels.length - 1, Math.max(0, Math.floor(Math.log2(1 / zoom))));
  return { raster: levels[shift] as Raster, shift };
}

function paintImage(
  { width: stride, pixels }: Canvas,
  pane: Pane,
  { raster, shift }: ChosenLevel,
  { channels }: Levels,
  contrast: Contrast,
  { columns, rows }: Places,
): void {
  const { data, width } = raster;
  const shade = shadeOf(raster, contrast);
  for (let y = 0; y < pane.height; y++) {
    const row = rows[y] as number;
    let to = (pane.top + y) * stride + pane.left;
    if (row < 0) {
      pixels.fill(0, to, to + pane.width);
      continue;
    }
    const start = (row >> shift) * width;
    for (let x = 0; x < pane.width; x++, to++) {
      const column = columns[x] as number;
      if (column < 0) {
        pixels[to] = 0;
        continue;
      }
      const from = (start + (column >> shift)) * channels;
      const red = shade(data[from] as number);
      if (channels === 1) pixels[to] = (0xff000000 | (red * 0x10101)) >>> 0;
      else {
        const [green, blue] = [shade(data[from + 1] as number), shade(data[from + 2] as number)];
        pixels[to] = (0xff000000 | (blue << 16) | (green << 8) | red) >>> 0;
      }
    }
  }
}

/** Gives 0 to 255 for a value of a raster. */
function shadeOf({ data }: Raster, { black, white }: Contrast): (value: number) => number {
  const scale = 255 / (white - black || 1);
  const shade = (value: number) => Math.min(255, Math.max(0, Math.round((value - black) * scale)));
  if (data instanceof Float32Array) return shade;
  const table = Uint8Array.from({ length: data instanceof Uint8Array ? 256 : 65536 }, (_, value) => shade(value));
  return (value) => table[value] as number;
}

function paintLayer(
  { width: stride, pixels }: Canvas,
  pane: Pane,
  { map, maximum, threshold, colour, opacity, fill, outline }: Layer,
  zoom: number,
  { columns, rows }: Places,
): void {
  const { raster, shift } = levelFor(map, zoom);
  const { data, width } = raster;
  const inside = new Uint8Array(pane.width * pane.height);
  for (let y = 0; y < pane.height; y++) {
    const row = rows[y] as number;
    if (row < 0) continue;
    const start = (row >> shift) * width;
    for (let x = 0; x < pane.width; x++) {
      const column = columns[x] as number;
      if (column < 0) continue;
      const share = Math.fround((data[start + (column >> shift)] as number) / maximum); // as scores compare them
      const isObject = share > threshold;
      if (isObject) inside[y * pane.width + x] = 1;
      const alpha = opacity * (fill === "mask" ? +isObject : Math.min(1, Math.max(0, share)));
      if (alpha > 0) blend(pixels, (pane.top + y) * stride + pane.left + x, colour, alpha);
    }
  }
  if (!outline) return;
  for (let y = 0; y < pane.height; y++) {
    for (let x = 0; x < pane.width; x++) {
      if (isBorder(inside, pane, x, y)) blend(pixels, (pane.top + y) * stride + pane.left + x, colour, 1);
    }
  }
}

/** Whether a pixel of the object has one beside it, in its row or column, that is none. The edge of the pane is no border. */
function isBorder(inside: Uint8Array, { width, height }: Pane, x: number, y: number): boolean {
  const at = y * width + x;
  if (inside[at] === 0) return false;
  for (let away = 1; away <= outlineWidth; away++) {
    if (x >= away && inside[at - away] === 0) return true;
    if (x + away < width && inside[at + away] === 0) return true;
    if (y >= away && inside[at - away * width] === 0) return true;
    if (y + away < height && inside[at + away * width] === 0) return true;
  }
  return false;
}

function blend(pixels: Uint32Array, at: number, [red, green, blue]: Colour, alpha: number): void {
  const below = pixels[at] as number;
  const mix = (under: number, over: number) => Math.round(under + (over - under) * alpha);
  const [r, g, b] = [mix(below & 255, red), mix((below >> 8) & 255, green), mix((below >> 16) & 255, blue)];
  pixels[at] = (0xff000000 | (b << 16) | (g << 8) | r) >>> 0;
}
