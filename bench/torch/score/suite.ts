import { binaryCrossEntropy } from "@em-stellar/losses";
import { jaccard } from "@em-stellar/metrics";
import { unetBn } from "@em-stellar/nets-unet";
import { adam } from "@em-stellar/optimizers";
import { defineSuite, type Suite } from "@em-stellar/runner";
import { imageFolder, notebookAugmentation, phantom } from "em-stellar";

/** The fold whose training images both sides learn from. */
export const fold = 0;

export const patch = 128;
export const batchSize = 4;
export const network = unetBn({ baseFilters: 8, depth: 3, head: "stable", dropout: null, batchNormMomentum: 0.9 });
export const optimizer = adam({ learningRate: 5e-3, warmupProportion: 0.1, minLearningRate: 0 });
export const augmentation = notebookAugmentation;

/**
 * A training of a narrow U-net on the cardiac images under the folder `data`, or on invented ones if it is null. Nothing is
 * validated before the last step, so the weights of that one are tested.
 */
export function scoreSuite(steps: number, seeds: readonly number[], data: string | null): Suite {
  return defineSuite({
    name: data === null ? "phantom" : "cardiac",
    data:
      data === null
        ? phantom({ size: 256, trainImages: 8, testImages: 4, contrast: 0.7, mitochondria: 20, darkBodies: 8 })
        : imageFolder({
            images: `${data}/cardiac/train/images`,
            masks: `${data}/cardiac/train/masks`,
            testImages: `${data}/cardiac/test/images`,
            testMasks: `${data}/cardiac/test/masks`,
            groupBy: "^[A-D]",
          }),
    networks: [network],
    loss: binaryCrossEntropy(),
    optimizer,
    metrics: [jaccard()],
    folds: 4,
    seeds,
    training: { patch, batchSize, steps, validateEvery: steps, checkpoints: ["loss"] },
    augmentation,
    baselines: [],
  });
}
