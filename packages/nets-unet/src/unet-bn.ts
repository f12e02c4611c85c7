import { checks } from "@em-stellar/core";
import { defineNetwork } from "@em-stellar/core/training";
import { type BatchNormOptions, checkBatchNorm } from "./batch-norm.js";
import { buildUShape, checkUShape, type UShapeOptions, uShapeDefaults } from "./u-shape.js";

export interface UnetBnOptions extends UShapeOptions, BatchNormOptions {}

const defaults: UnetBnOptions = { ...uShapeDefaults, batchNormMomentum: 0.99 };

/** The U-net with batch normalisation between every convolution and its ReLU. */
export const unetBn = defineNetwork({
  id: "unet-bn",
  summary: "U-net with batch normalisation",
  citation:
    "Ronneberger O. et al., U-Net: convolutional networks for biomedical image segmentation, MICCAI 2015, arXiv:1505.04597",
  defaults,
  check: checks(checkUShape, checkBatchNorm),
  stride: ({ depth }) => 2 ** depth,
  build: (options: UnetBnOptions, shape, seed) =>
    buildUShape("unet-bn", options, { batchNormMomentum: options.batchNormMomentum, activation: "relu" }, shape, seed),
});
