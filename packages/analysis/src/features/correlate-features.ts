import { EmStellarError, InputError, type NetworkFeatures } from "@em-stellar/core";
import { type Tensor4D, tensor4d, tidy } from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import { assemble, type Place, placesOf } from "./assemble.js";
import { blocksOf } from "./blocks.js";
import { type ContactSheet, createSheet } from "./contact-sheet.js";
import { correlateRows, type RowRange } from "./correlate-rows.js";
import { type FeatureOptions, featureDefaults, requireOptions } from "./options.js";
import { noPairs, type PairCounts } from "./pair-counts.js";
import { type NetworkImage, type Plan, planOf, workOf } from "./plan.js";
import { type GridSize, resample } from "./resample.js";
import { runGraph } from "./run-graph.js";
import { standardizeInto } from "./standardize.js";

/** What {@link correlateFeatures} finds. */
export interface FeatureCorrelation {
  /** What `features.json` records. */
  readonly features: NetworkFeatures;
  /** The grid of each image. */
  readonly grids: readonly GridSize[];
  /** Some channels of each block on the first image. */
  readonly sheets: readonly ContactSheet[];
}

/**
 * The correlation coefficient of every two feature maps of a network on the same image (equation 22 of the EM-stellar paper):
 * over the pixels of both, brought to one size by averaging, for all pairs within and between blocks. The device multiplies
 * tiles of standardised maps; of the pairs only counts remain. Constant maps are counted apart, and are in no pair.
 *
 * Throws `InputError` for images that the model does not take, `EmStellarError` where a feature is not a finite number.
 */
export async function correlateFeatures(
  model: LayersModel,
  images: readonly NetworkImage[],
  given: Partial<FeatureOptions> = {},
): Promise<FeatureCorrelation> {
  const options = { ...featureDefaults, ...given };
  requireOptions(options, images.length);
  const { threshold, bins, grids, tile, thumbnails, onProgress } = options;
  const plans = images.map((image, i) => planOf(model, image, grids?.[i]));
  const [first] = plans as [Plan, ...Plan[]]; // there is an image
  const blocks = blocksOf(first.graph, first.layers);
  const places = placesOf(first.layers, blocks);
  const channels = places.reduce((sum, { layer }) => sum + layer.channels, 0);

  const constantOn = new Uint32Array(channels);
  const twins = blocks.map(() => 0);
  const counts = blocks.map((_, a) => blocks.slice(a).map(() => noPairs(bins)));
  const countsOf = (a: number, b: number) => counts[a]?.[b - a] as PairCounts; // a row for each block
  const sheets = blocks.map(({ layers }) => createSheet(images[0] as NetworkImage, layers, thumbnails));

  const work = plans.map((plan) => workOf(plan, channels));
  const total = work.reduce((sum, { all }) => sum + all, 0);
  let before = 0; // of images that are done
  for (const [i, { graph, layers, grid }] of plans.entries()) {
    const image = images[i] as NetworkImage; // a plan for each
    const { all, steps } = work[i] as (typeof work)[number];
    if (layers.length !== places.length) throw tooSmall(image);
    let done = 0;
    const advance = async (macs: number) => {
      done = Math.min(all, done + macs);
      await onProgress?.({ image: i, done: before + done, total });
    };

    const positions = grid.height * grid.width;
    const rows = new Float32Array(channels * positions);
    const varying = blocks.map(() => 0);
    const placeOf = new Map(layers.map(({ value }, at) => [value, places[at] as Place])); // one for each layer
    const input = tensor4d(image.data, [1, image.height, image.width, image.channels]);
    try {
      await runGraph(graph, input, async (value, output, step) => {
        const place = placeOf.get(value);
        if (place) {
          const maps = output as Tensor4D; // only maps have a place
          const { layer, block, start, blockStart } = place;
          const values = await onGrid(maps, grid);
          const row = blockStart + (varying[block] as number);
          const standardized = standardizeInto(rows, row, values, layer.channels);
          if (!standardized) throw notFinite(model, layer.name);
          varying[block] = (varying[block] as number) + standardized.varying;
          for (const channel of standardized.constant) {
            constantOn[start + channel] = (constantOn[start + channel] as number) + 1;
          }
          if (i === 0) await sheets[block]?.add(maps, start - blockStart, standardized.constant);
        }
        await advance(steps.get(step) ?? 0);
      });
    } finally {
      input.dispose();
    }

    const ranges = blocks.map((_, block): RowRange => {
      const start = places.find((place) => place.block === block)?.blockStart ?? 0;
      return { block, start, count: varying[block] as number };
    });
    const largest = await correlateRows(rows, positions, ranges, { tile, threshold, countsOf, onProduct: advance });
    for (const { block, start, count } of ranges) {
      for (const r of largest.subarray(start, start + count)) {
        if (r > threshold) twins[block] = (twins[block] as number) + 1;
      }
    }
    before += all;
    await onProgress?.({ image: i, done: before, total });
  }
  return {
    features: assemble(blocks, { images: images.length, constantOn, twins, countsOf }),
    grids: plans.map(({ grid }) => grid),
    sheets: sheets.map((sheet) => sheet.layOut()),
  };
}

/** Values of maps at the grid's size, [positions, channels]. */
async function onGrid(maps: Tensor4D, grid: GridSize): Promise<Float32Array> {
  const small = tidy(() => resample(maps, grid));
  const values = (await small.data()) as Float32Array; // of float32 tensors
  small.dispose();
  return values;
}

function tooSmall({ height, width }: NetworkImage): InputError {
  return new InputError(
    `An image of ${height} × ${width} pixels (height × width) is so much smaller or larger than the first image that some feature maps would be single pixels. Leave it out.`,
  );
}

function notFinite({ name }: LayersModel, layer: string): EmStellarError {
  return new EmStellarError(
    `The features of the model "${name}" in layer "${layer}" are not all finite numbers. Its training has probably failed: take another checkpoint.`,
  );
}
