import { defineNetwork } from "@em-stellar/core/training";
import { buildUShape, checkUShape, type UShapeOptions, uShapeDefaults } from "./u-shape.js";

export type UnetOptions = UShapeOptions;

/** The U-net as the EM-stellar authors ran it: "same" padding, nearest up-sampling, no batch normalisation. */
export const unet = defineNetwork({
  id: "unet",
  summary: "U-net (Ronneberger et al., 2015)",
  citation:
    "Ronneberger O. et al., U-Net: convolutional networks for biomedical image segmentation, MICCAI 2015, arXiv:1505.04597",
  defaults: uShapeDefaults,
  check: checkUShape,
  stride: ({ depth }) => 2 ** depth,
  build: (options: UnetOptions, shape, seed) =>
    buildUShape("unet", options, { batchNormMomentum: null, activation: "relu" }, shape, seed),
});
