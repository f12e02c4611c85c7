import { InputError, nextTurn, type ProbabilityMap, type Raster } from "@em-stellar/core";
import {
  cropReflect,
  type Frame,
  frameOf,
  type Normalization,
  type NormalizationOptions,
  normalizationOf,
} from "@em-stellar/data";
import { type Tensor4D, tensor4d } from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import { count } from "../count.js";
import { inOrder } from "./in-order.js";
import { geometryOf, type ModelGeometry } from "./model-geometry.js";
import { planTiles, type Stretch, type TileOptions, type TilePlan } from "./tile-plan.js";
import { addTurnedBack, turned, turns } from "./turns.js";

/** How an image is segmented. What a checkpoint's notes say can be given as it is. */
export interface PredictionOptions extends Partial<TileOptions> {
  /**
   * As in training. `{ offset, scale }` is taken as it is; with the scope `image` they are those of the image as a whole,
   * whatever it is cut into.
   */
  readonly normalization: Normalization | (NormalizationOptions & Partial<Normalization>);
  /** Sides of the model's input are multiples of it; by default derived from the model. */
  readonly stride?: number;
  /**
   * Predicts the image turned and mirrored in 8 ways and averages the maps, turned back: test-time augmentation. It takes 8 times as
   * long, and the whole map is in memory.
   */
  readonly testTimeAugmentation?: boolean;
  /** Goes with the map: a pixel is called object above it. */
  readonly threshold?: number;
  /** Is told after each tile how many pixels of the image are done. */
  readonly onProgress?: (pixels: number) => void;
}

/** What is left out of {@link PredictionOptions}. */
export const predictionDefaults = {
  /** 1 GiB. */
  memory: 2 ** 30,
  tile: null,
  overlap: null,
  testTimeAugmentation: false,
  threshold: 0.5,
} as const satisfies Partial<PredictionOptions>;

/** Where tiles are computed. */
export interface TileComputer {
  /** Tiles that may be begun before the first of them is taken. */
  readonly ahead: number;
  /** The probabilities of normalised pixels, [height, width, channels]. Takes the values over. */
  predict(values: Float32Array, width: number, height: number, channels: number): Promise<Float32Array>;
}

/** A model on the backend of this thread. */
export function computerOf(model: LayersModel): TileComputer {
  return {
    ahead: 1,
    async predict(values, width, height, channels) {
      const input = tensor4d(values, [1, height, width, channels]);
      const output = model.predict(input) as Tensor4D; // geometryOf made sure that there is one
      input.dispose();
      const probabilities = (await output.data()) as Float32Array; // tensors of dtype float32 come as such
      output.dispose();
      return probabilities;
    },
  };
}

/** Rows of a probability map. */
export interface Strip {
  /** The first row. */
  readonly y: number;
  readonly rows: number;
  /** `rows × width` probabilities. */
  readonly data: Float32Array;
}

/**
 * The object probabilities of an image of any size, on the backend that is started. Edges are mirrored up to multiples of the
 * stride. An image that needs more than `memory` is cut into tiles that read as far beyond their own part as the model sees,
 * so that the map is that of the whole image, without seams. Throws `InputError` for an image or options that do not fit
 * the model.
 */
export async function predictImage(
  model: LayersModel,
  image: Raster,
  options: PredictionOptions,
  computer: TileComputer = computerOf(model),
): Promise<ProbabilityMap & { readonly data: Float32Array }> {
  const { width, height } = image;
  const { threshold = predictionDefaults.threshold } = options;
  const data = new Float32Array(width * height);
  for await (const strip of predictStrips(model, image, options, computer)) data.set(strip.data, strip.y * width);
  return { width, height, data, maximum: 1, threshold };
}

/** As {@link predictImage}, but gives the map from top to bottom as it is made, so that all of it need never be in memory. */
export async function* predictStrips(
  model: LayersModel,
  image: Raster,
  options: PredictionOptions,
  computer: TileComputer = computerOf(model),
): AsyncGenerator<Strip> {
  requireShape(image);
  if (options.testTimeAugmentation) {
    yield { y: 0, rows: image.height, data: await meanOverTurns(model, image, options, computer) };
    return;
  }
  const { frame, plan } = planOf(geometryOf(model), image, options);
  const { onProgress } = options;
  const normalization = normalize(image, options.normalization);

  const tiles = plan.rows.flatMap((row) => plan.columns.map((column) => ({ row, column })));
  const results = inOrder(tiles, computer.ahead, async ({ row, column }) => {
    const [width, height] = [column.to - column.from, row.to - row.from];
    const rectangle = { x: column.from - frame.left, y: row.from - frame.top, width, height };
    return computer.predict(cropReflect(image, normalization, rectangle), width, height, image.channels);
  });
  let done = 0;
  let carried: Float32Array | undefined;
  for (const [i, row] of plan.rows.entries()) {
    const region = ownedRows(row, plan, frame, image);
    const map = new Float32Array(region.rows * image.width);
    if (carried) map.set(carried);
    for (const column of plan.columns) {
      const predicted = (await results.next()).value as Float32Array; // one for each tile
      place(predicted, row, column, plan, frame, image, map, region.first);
      done += visible(row, frame.top, image.height) * visible(column, frame.left, image.width);
      onProgress?.(done);
      if (plan.rows.length > 1 || plan.columns.length > 1) await nextTurn(); // let timers, signals and messages through
    }
    const next = plan.rows[i + 1];
    // What the tiles of the next row are mixed into stays.
    const rows = next ? ownedRows(next, plan, frame, image).first - region.first : region.rows;
    carried = plan.blend > 0 ? map.slice(rows * image.width) : undefined;
    yield { y: region.first, rows, data: map.subarray(0, rows * image.width) };
  }
}

/** The mean of the maps of an image turned in all ways, each turned back. */
async function meanOverTurns(
  model: LayersModel,
  image: Raster,
  options: PredictionOptions,
  computer: TileComputer,
): Promise<Float32Array> {
  const { width, height } = image;
  const normalization = normalize(image, options.normalization); // once: sums in another order differ in their last digits
  const sum = new Float32Array(width * height);
  const maps = inOrder(turns, computer.ahead, async (turn) => {
    const own = { ...options, normalization, testTimeAugmentation: false };
    const onProgress = (pixels: number) =>
      options.onProgress?.(Math.floor((turn * width * height + pixels) / turns.length));
    const { data } = await predictImage(
      model,
      turned(image, turn),
      // Turns that are begun together have no progress of their own to tell.
      { ...own, onProgress: computer.ahead === 1 ? onProgress : () => {} },
      computer,
    );
    return { turn, data };
  });
  for await (const { turn, data } of maps) {
    addTurnedBack(sum, data, width, height, turn);
    if (computer.ahead > 1) options.onProgress?.(Math.floor(((turn + 1) * width * height) / turns.length));
  }
  return sum.map((value) => value / turns.length);
}

/** The size of an image. */
export type ImageSize = Pick<Raster, "width" | "height" | "channels">;

/** Throws `InputError` where images of these sizes cannot be predicted so, before any is read; gives the number of all their tiles. */
export function countTiles(model: LayersModel, sizes: readonly ImageSize[], options: PredictionOptions): number {
  const geometry = geometryOf(model);
  const tilesOf = (size: (typeof sizes)[number]) => {
    const { rows, columns } = planOf(geometry, size, options).plan;
    return rows.length * columns.length;
  };
  let tiles = 0;
  for (const size of sizes) {
    if (options.testTimeAugmentation)
      tiles += 4 * (tilesOf(size) + tilesOf({ ...size, width: size.height, height: size.width }));
    else tiles += tilesOf(size);
  }
  return tiles;
}

/** The largest of the tiles that images of these sizes are cut into. Throws `InputError` where they cannot be predicted so. */
export function largestTile(
  model: LayersModel,
  sizes: readonly ImageSize[],
  options: Partial<TileOptions> & Pick<PredictionOptions, "stride">,
): { readonly width: number; readonly height: number } {
  const geometry = geometryOf(model);
  const longest = (stretches: readonly Stretch[]) => Math.max(...stretches.map(({ from, to }) => to - from));
  const distinct = new Map(sizes.map((size) => [`${size.width} × ${size.height}`, size]));
  let largest = { width: 0, height: 0 };
  for (const size of distinct.values()) {
    const { rows, columns } = planOf(geometry, size, options).plan;
    const tile = { width: longest(columns), height: longest(rows) };
    if (tile.width * tile.height > largest.width * largest.height) largest = tile;
  }
  return largest;
}

/** The frame of an image and how it is cut into tiles. */
function planOf(
  geometry: ModelGeometry,
  image: ImageSize,
  options: Partial<TileOptions> & Pick<PredictionOptions, "stride">,
): { readonly frame: Frame; readonly plan: TilePlan } {
  const { memory, tile, overlap, stride = geometry.stride } = { ...predictionDefaults, ...options };
  requireFit(image, geometry, { memory, tile, overlap, stride });
  const frame = frameOf(image, stride);
  return { frame, plan: planTiles(frame, stride, geometry, { memory, tile, overlap }) };
}

/** The rows of the image that a row of tiles writes to, the mixed ones with it. */
function ownedRows(row: Stretch, { rows, blend }: TilePlan, { top }: Frame, { height }: Raster) {
  const start = row === rows[0] ? 0 : row.start - blend;
  const end = row === rows.at(-1) ? Number.POSITIVE_INFINITY : row.end + blend;
  const first = Math.max(0, start - top);
  return { first, rows: Math.min(height, end - top) - first };
}

/** Puts a tile's part into the rows of the map from `first` on, or mixes it in where tiles meet. */
function place(
  predicted: Float32Array,
  row: Stretch,
  column: Stretch,
  { rows, columns, blend }: TilePlan,
  { left, top }: Frame,
  { width, height }: Raster,
  map: Float32Array,
  first: number,
): void {
  const across = sharesOf(column, columns, blend);
  const down = sharesOf(row, rows, blend);
  const tileWidth = column.to - column.from;
  const [x0, x1] = [Math.max(across.from, left), Math.min(across.to, left + width)];
  const [y0, y1] = [Math.max(down.from, top), Math.min(down.to, top + height)];
  for (let y = y0; y < y1; y++) {
    const from = (y - row.from) * tileWidth - column.from;
    const to = (y - top - first) * width - left;
    if (blend === 0) {
      map.set(predicted.subarray(from + x0, from + x1), to + x0);
      continue;
    }
    const share = down.at(y);
    for (let x = x0; x < x1; x++) {
      map[to + x] = (map[to + x] as number) + share * across.at(x) * (predicted[from + x] as number);
    }
  }
}

/** Which pixels along a side get something of a tile, and what share: those of all tiles add up to 1 at every pixel. */
function sharesOf(stretch: Stretch, all: readonly Stretch[], blend: number) {
  const { start, end } = stretch;
  const [isFirst, isLast] = [stretch === all[0], stretch === all.at(-1)];
  const ramp = (distance: number) => Math.min(1, Math.max(0, (distance + blend + 0.5) / (2 * blend)));
  return {
    from: isFirst ? start : start - blend,
    to: isLast ? end : end + blend,
    at: (pixel: number) => (isFirst ? 1 : ramp(pixel - start)) * (isLast ? 1 : 1 - ramp(pixel - end)),
  };
}

/** Pixels of the image within a stretch of the frame. */
function visible({ start, end }: Stretch, before: number, length: number): number {
  return Math.max(0, Math.min(end, before + length) - Math.max(start, before));
}

function normalize(image: Raster, given: PredictionOptions["normalization"]): Normalization {
  const { offset, scale } = given;
  if ("scope" in given && given.scope === "image") return normalizationOf(given.method, [image]);
  if (offset !== undefined && scale !== undefined) return { offset, scale };
  throw new InputError(
    'The normalisation is that of a training set, but its numbers "offset" and "scale" are missing. Give them, or the scope "image".',
  );
}

function requireShape({ width, height, channels, data }: Raster): void {
  if (isCount(width) && isCount(height) && data.length === width * height * channels) return;
  throw new InputError(
    `The image has ${count(data.length, "value")} for ${width} × ${height} pixels of ${count(channels, "channel")}.`,
  );
}

function requireFit(
  image: Pick<Raster, "width" | "height" | "channels">,
  { channels, size }: ModelGeometry,
  { memory, tile, overlap, stride }: TileOptions & { readonly stride: number },
): void {
  const { width, height } = image;
  const problems: readonly (readonly [isWrong: boolean, message: string])[] = [
    [
      image.channels !== channels,
      `The image has ${count(image.channels, "channel")}, but the model takes ${channels}.`,
    ],
    [
      size !== undefined && !(size.width === width && size.height === height),
      `The image has ${width} × ${height} pixels, but the model takes ${size?.width} × ${size?.height} only. Build it for [null, null, ${channels}], give it the same weights and save it again.`,
    ],
    [!isCount(stride), `stride must be a whole number above 0, but is ${stride}.`],
    [!(memory > 0), `memory must be a number of bytes above 0, but is ${memory}.`],
    [tile !== null && !isCount(tile), `tile must be a whole number of pixels above 0, or null, but is ${tile}.`],
    [
      overlap !== null && overlap !== 0 && !isCount(overlap),
      `overlap must be a whole number of pixels, or null, but is ${overlap}.`,
    ],
  ];
  const [problem] = problems.filter(([isWrong]) => isWrong);
  if (problem) throw new InputError(problem[1]);
}

function isCount(value: number): boolean {
  return Number.isInteger(value) && value > 0;
}
