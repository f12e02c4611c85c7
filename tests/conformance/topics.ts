import { topics as ofKernels, type Topic } from "@em-stellar/kernels/testing";
import { augmentation } from "./augmentation.js";
import { normalization } from "./normalization.js";
import { optimizerTopic } from "./optimizers.js";
import { ownLayers } from "./own-layers.js";

/** All that the networks, losses and optimizers use; `tests/kernel-coverage.test.ts` sees to that. */
export const topics: readonly Topic[] = [...ofKernels, normalization, ownLayers, optimizerTopic, augmentation];
