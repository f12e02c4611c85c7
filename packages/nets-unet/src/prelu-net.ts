import { checks } from "@em-stellar/core";
import { defineNetwork } from "@em-stellar/core/training";
import { type BatchNormOptions, checkBatchNorm } from "./batch-norm.js";
import { buildUShape, checkUShape, type UShapeOptions, uShapeDefaults } from "./u-shape.js";

export interface PreluNetOptions extends UShapeOptions, BatchNormOptions {
  /** Slope for negative values at the start: 0 is a ReLU, 0.25 is He et al. (2015). */
  preluInitial: number;
}

const defaults: PreluNetOptions = { ...uShapeDefaults, batchNormMomentum: 0.99, preluInitial: 0 };

/**
 * The U-net with batch normalisation and a parametric ReLU, one slope for each channel, in place of every ReLU. The authors
 * published no code for it; this is our reading of their description.
 */
export const preluNet = defineNetwork({
  id: "prelu-net",
  summary: "U-net with batch normalisation and parametric ReLU",
  citation: "He K. et al., Delving deep into rectifiers, ICCV 2015, arXiv:1502.01852",
  defaults,
  check: checks(checkUShape, checkBatchNorm),
  stride: ({ depth }) => 2 ** depth,
  build: ({ preluInitial, batchNormMomentum, ...options }: PreluNetOptions, shape, seed) =>
    buildUShape("prelu-net", options, { batchNormMomentum, activation: { preluInitial } }, shape, seed),
});
