import { createRandom } from "@em-stellar/core";
import { cropMask, cropPatch, drawPatch, foregroundIndex, type Normalization } from "@em-stellar/data";
import { type AugmentationOptions, augment, drawTransform } from "@em-stellar/data/augmentation";
import { type Tensor4D, tensor4d } from "@tensorflow/tfjs-core";
import type { LoadedSample } from "../loaded-sample.js";
import type { TrainingOptions } from "../suite.js";

/** Images and masks of one training step, [batch, patch, patch, channels] and [batch, patch, patch, 1]. */
export interface Batch {
  readonly images: Tensor4D;
  readonly masks: Tensor4D;
}

/** Draws the batches of a training. Each step's batch depends on the seed and the step alone, so a resumed training draws the same ones. */
export function createBatches(
  samples: readonly LoadedSample[],
  normalizations: readonly Normalization[],
  { patch, batchSize, foreground }: TrainingOptions,
  augmentation: AugmentationOptions | null,
  seed: string,
): (step: number) => Batch {
  const channels = samples[0]?.image.channels ?? 1;
  const objects = foreground === null ? [] : samples.map(({ mask }) => foregroundIndex(mask));
  // Reused at every step: making a tensor copies them to the device.
  const images = new Float32Array(batchSize * patch * patch * channels);
  const masks = new Float32Array(batchSize * patch * patch);

  return (step) => {
    const random = createRandom(`${seed}/batch-${step}`);
    const transforms = [];
    for (let i = 0; i < batchSize; i++) {
      const index = random.integer(samples.length);
      const sample = samples[index] as LoadedSample;
      const { image, mask } = sample;
      const { x, y } =
        foreground === null
          ? drawPatch(random, image, patch)
          : drawPatch(random, image, patch, objects[index], foreground);
      cropPatch(image, normalizations[index] as Normalization, x, y, patch, images, i * patch * patch * channels);
      cropMask(mask, image.width, image.height, x, y, patch, masks, i * patch * patch);
      if (augmentation) transforms.push(drawTransform(random, augmentation, patch));
    }
    const drawn: Batch = {
      images: tensor4d(images, [batchSize, patch, patch, channels]),
      masks: tensor4d(masks, [batchSize, patch, patch, 1]),
    };
    if (transforms.length === 0) return drawn;
    const augmented = augment(drawn.images, drawn.masks, transforms);
    drawn.images.dispose();
    drawn.masks.dispose();
    return augmented;
  };
}
