import * as z from "zod";
import { schemaVersion, value } from "./results.js";
import { warningSchema } from "./warning.js";

const count = z.number().int();

const block = z.object({
  name: z
    .string()
    .describe("`encoder 1/2`, `bottleneck`, `decoder 1/1`: its place, and its side as a share of the image's"),
  place: z
    .enum(["encoder", "bottleneck", "decoder", "whole"])
    .describe(
      "bottleneck: the smallest maps; encoder: what leads there; decoder: all else; whole: all maps are of one size",
    ),
  reduction: count.describe("side of the image over the side of its feature maps"),
  layers: z
    .array(z.object({ name: z.string(), channels: count }))
    .describe("layers whose outputs are its channels: a convolution's after normalisation and activation"),
  channels: count,
  dead: count.describe("channels that are constant on every image"),
  constantMaps: count.describe("feature maps (a channel on an image) that are constant: in no pair"),
  twins: count.describe("feature maps with another of the same image and network at an |r| above `threshold`"),
});

const blockPairs = z.object({
  blocks: z.tuple([count, count]).describe("places in `blocks`, in order; twice the same: pairs within a block"),
  pairs: count.describe("pairs of feature maps of one image, over all images"),
  meanAbs: value.describe("mean |r|; null: no pair"),
  above: count.describe("pairs with an |r| above `threshold`"),
  histogram: z.array(count).describe("pairs in bins of equal width from r = -1 to r = 1, the last one closed"),
});

const redundancy = z
  .object({
    meanAbs: value.describe("mean |r| over all pairs: what networks are compared by"),
    above: value.describe("share of pairs with an |r| above `threshold`"),
    twins: value.describe("share of feature maps, constant ones left out, with a twin"),
  })
  .describe("of a whole network, within and between its blocks; null: no pair");

/** What {@link featuresSchema} holds of one network, but for where it came from: what `@em-stellar/analysis/features` finds. */
export const networkFeaturesSchema = z.object({
  channels: count,
  maps: count.describe("feature maps: channels × images"),
  blocks: z.array(block).describe("from the image to the output"),
  pairs: z.array(blockPairs).describe("of every two blocks and within each"),
  redundancy,
});

const model = networkFeaturesSchema.extend({
  name: z.string(),
  path: z.string().describe("folder of the model"),
  network: z.string().describe("name in the saved model"),
  step: count.optional().describe("of training, where its notes say so"),
  seconds: z.number(),
  sheets: z
    .array(
      z.object({
        path: z.string().describe("picture beside this file: some channels of a block on the first image, row by row"),
        columns: count,
        channels: z.array(count).describe("which channels of the block, counted from 0"),
      }),
    )
    .describe("one for each block"),
});

/** The form of `features.json`: how much the feature channels of trained networks repeat each other. */
export const featuresSchema = z.object({
  schemaVersion: z.literal(schemaVersion),
  kind: z.literal("features"),
  finished: z.string().describe("ISO 8601"),
  images: z.array(
    z.object({
      name: z.string(),
      width: count.describe("of what was shown to the networks, padding included"),
      height: count,
      grid: z.object({ width: count, height: count }).describe("size that feature maps were brought to"),
    }),
  ),
  picture: z.string().describe("the first image, as a picture beside this file"),
  hash: z.string().describe("SHA-256 over all pixels that were used, in order"),
  threshold: z.number().describe("feature maps are twins above it"),
  bins: count.describe("of every histogram"),
  models: z.array(model),
  environment: z.record(z.string(), z.string()).describe("versions, backend, device"),
  warnings: z.array(warningSchema),
});

/** How much the feature channels of one network repeat each other. */
export type NetworkFeatures = z.infer<typeof networkFeaturesSchema>;
/** Everything that `em-stellar features` found out. */
export type Features = z.infer<typeof featuresSchema>;
/** One network of {@link Features}. */
export type FeaturesOfModel = Features["models"][number];
/** Channels of one resolution and place in a network. */
export type FeatureBlock = NetworkFeatures["blocks"][number];
/** Correlations within a block, or between two. */
export type BlockPairs = NetworkFeatures["pairs"][number];
