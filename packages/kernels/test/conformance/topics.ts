import { activations } from "./activations.js";
import { arithmetic } from "./arithmetic.js";
import { augmentation } from "./augmentation.js";
import type { Topic } from "./case.js";
import { convolution } from "./convolution.js";
import { joining } from "./joining.js";
import { lossTopic } from "./losses.js";
import { normalization } from "./normalization.js";
import { optimizerTopic } from "./optimizers.js";
import { ownLayers } from "./own-layers.js";
import { pooling } from "./pooling.js";
import { resizing } from "./resizing.js";

/** All that the networks, losses and optimizers use; `tests/kernel-coverage.test.ts` sees to that. */
export const topics: readonly Topic[] = [
  convolution,
  pooling,
  normalization,
  activations,
  resizing,
  joining,
  arithmetic,
  ownLayers,
  lossTopic,
  optimizerTopic,
  augmentation,
];
