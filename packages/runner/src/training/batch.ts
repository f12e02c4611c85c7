import { createRandom } from "@em-stellar/core";
import { cropMask, cropPatch, drawPatch, foregroundIndex, type Normalization } from "@em-stellar/data";
import {
  type AugmentationOptions,
  augment,
  augmentMasks,
  changeIntensity,
  changesIntensity,
  deform,
  drawElastic,
  drawIntensity,
  drawTransform,
} from "@em-stellar/data/augmentation";
import { dispose, type Tensor4D, tensor4d } from "@tensorflow/tfjs-core";
import type { LoadedSample } from "../loaded-sample.js";
import type { PlannedSample } from "../plan.js";
import type { TrainingOptions } from "../training-options.js";

/** Images and masks of one training step, [batch, patch, patch, channels] and [batch, patch, patch, 1]; masks of what is ignored where there is any. */
export interface Batch {
  readonly images: Tensor4D;
  readonly masks: Tensor4D;
  /** 1 where the mask says nothing. */
  readonly ignored?: Tensor4D;
}

/** Where the pixels of a training come from. */
export interface TrainingSet {
  readonly samples: readonly PlannedSample[];
  read(sample: PlannedSample): Promise<LoadedSample>;
  normalize(sample: LoadedSample): Normalization;
}

/**
 * Draws the batches of a training. Each step's batch depends on the seed and the step alone, so a resumed training draws the
 * same ones. What is given back makes the tensors, of `microBatch` patches at a time; it does so from memory that the next batch
 * takes over.
 */
export function createBatches(
  { samples, read, normalize }: TrainingSet,
  { patch, batchSize, microBatch, foreground }: TrainingOptions,
  augmentation: AugmentationOptions | null,
  seed: string,
): (step: number) => Promise<(() => Batch)[]> {
  const channels = samples[0]?.channels ?? 1;
  // Reused at every step: making a tensor copies them to the device.
  const images = new Float32Array(batchSize * patch * patch * channels);
  const masks = new Float32Array(batchSize * patch * patch);
  const hasIgnored = samples.some(({ ignored }) => ignored !== undefined);
  const unknown = hasIgnored ? new Float32Array(batchSize * patch * patch) : undefined;
  const objectsOf = createObjectIndex();

  return async (step) => {
    const random = createRandom(`${seed}/batch-${step}`);
    const transforms: ReturnType<typeof drawTransform>[] = [];
    for (let i = 0; i < batchSize; i++) {
      const sample = await read(samples[random.integer(samples.length)] as PlannedSample);
      const { image, mask } = sample;
      const { x, y } =
        foreground === null
          ? drawPatch(random, image, patch)
          : drawPatch(random, image, patch, objectsOf(mask), foreground);
      cropPatch(image, normalize(sample), x, y, patch, images, i * patch * patch * channels);
      cropMask(mask, image.width, image.height, x, y, patch, masks, i * patch * patch);
      if (unknown) {
        const { width, height } = image;
        const at = i * patch * patch;
        if (sample.ignored) cropMask(sample.ignored, width, height, x, y, patch, unknown, at);
        else unknown.fill(0, at, at + patch * patch);
      }
      if (augmentation) transforms.push(drawTransform(random, augmentation, patch));
    }
    // From a stream of its own: places and transforms are the same with it and without.
    const shades = createRandom(`${seed}/batch-${step}/intensity`);
    const intensities =
      augmentation && changesIntensity(augmentation)
        ? transforms.map(() => drawIntensity(shades, augmentation, patch))
        : undefined;
    const bending = createRandom(`${seed}/batch-${step}/elastic`);
    const bends =
      augmentation && augmentation.elastic > 0 ? transforms.map(() => drawElastic(bending, augmentation)) : undefined;
    const size = microBatch ?? batchSize;
    return Array.from({ length: batchSize / size }, (_, part) => () => {
      const from = part * size;
      const tensorOf = (values: Float32Array, depth: number) => {
        const each = patch * patch * depth;
        return tensor4d(values.subarray(from * each, (from + size) * each), [size, patch, patch, depth]);
      };
      const drawn: Batch = {
        images: tensorOf(images, channels),
        masks: tensorOf(masks, 1),
        ...(unknown && { ignored: tensorOf(unknown, 1) }),
      };
      if (transforms.length === 0) return drawn;
      const own = transforms.slice(from, from + size);
      const straight: Batch = {
        ...augment(drawn.images, drawn.masks, own),
        ...(drawn.ignored && { ignored: augmentMasks(drawn.ignored, own) }),
      };
      dispose({ ...drawn });
      const moved = augmentation && bends ? bent(straight, bends.slice(from, from + size), augmentation) : straight;
      if (!augmentation || !intensities) return moved;
      return { ...moved, images: recoloured(moved.images, intensities.slice(from, from + size), augmentation) };
    });
  };
}

/** Patches that are deformed; those that are given are disposed. */
function bent(batch: Batch, bends: Parameters<typeof deform>[1], { fill }: AugmentationOptions): Batch {
  const deformed = deform(batch, bends, fill);
  dispose({ ...batch });
  return deformed;
}

/** Images with other grey values; those that are given are disposed. */
function recoloured(
  images: Tensor4D,
  intensities: Parameters<typeof changeIntensity>[1],
  augmentation: AugmentationOptions,
): Tensor4D {
  const changed = changeIntensity(images, intensities, augmentation);
  images.dispose();
  return changed;
}

/** Finds the object pixels of a mask, once for as long as the mask is in memory. */
function createObjectIndex(): (mask: Uint8Array) => Uint32Array {
  const indices = new WeakMap<Uint8Array, Uint32Array>();
  return (mask) => {
    const known = indices.get(mask);
    if (known) return known;
    const index = foregroundIndex(mask);
    indices.set(mask, index);
    return index;
  };
}
