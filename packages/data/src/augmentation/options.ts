import type { ElasticOptions } from "./elastic.js";
import { type IntensityOptions, steadyIntensity } from "./intensity.js";

/** Ranges that random changes of a patch are drawn from; 0 or false switches a part off. */
export interface AugmentationOptions extends IntensityOptions, ElasticOptions {
  /** Degrees either way. */
  readonly rotation: number;
  /** Part of the patch's side, either way, along each axis by itself: 0.2 is a fifth. */
  readonly shift: number;
  /** Degrees either way. */
  readonly shear: number;
  /** 0.2 draws each axis's factor from 0.8 to 1.2; above 1 shows more of the image, smaller. */
  readonly zoom: number;
  /** Mirrors left and right in half of the cases. */
  readonly flipHorizontal: boolean;
  /** Mirrors top and bottom in half of the cases. */
  readonly flipVertical: boolean;
  /** Turns by 0, 90, 180 or 270 degrees, in addition to `rotation`. */
  readonly quarterTurns: boolean;
  /** What lies outside the patch: `constant` is 0 in the normalised image, `reflect` mirrors at the edge (dcba|abcd|dcba). */
  readonly fill: "constant" | "reflect";
  /** Augment validation patches too. */
  readonly validation: boolean;
}

/**
 * The augmentation of the paper (EM-stellar, Khadangi et al., 2021): ranges as in the authors' notebook, what is shifted in
 * padded with zeros, training and validation alike. The paper pads before its min-max normalisation; zero after it is the
 * same, the darkest value of the patch.
 */
export const paperAugmentation: AugmentationOptions = {
  rotation: 140,
  shift: 0.2,
  shear: 0.2,
  zoom: 0.2,
  flipHorizontal: true,
  flipVertical: true,
  quarterTurns: false,
  elastic: 0,
  ...steadyIntensity,
  fill: "constant",
  validation: true,
};

/** The augmentation of the authors' notebook: as the paper, but mirrored at the edges. */
export const notebookAugmentation: AugmentationOptions = { ...paperAugmentation, fill: "reflect", validation: false };
