import { type Device, zeroWeights } from "@em-stellar/core/training";
import { type Tensor4D, zeros } from "@tensorflow/tfjs-core";
import type { NetworkMethod } from "../method.js";
import { type ImageSize, largestTile } from "../prediction/predict-image.js";
import { predictZeros, rehearsed } from "../rehearsal.js";
import type { TrainingOptions } from "../training-options.js";
import { createTrainStep } from "./train-step.js";
import { predictionMemory } from "./validate.js";

/**
 * Bytes of tensors that a training of a method takes at most, from a rehearsal of two steps, as the optimizer has its state
 * in the second one, and of the largest prediction. Infinity and undefined as by {@link rehearsed}.
 */
export function memoryNeed(
  device: Pick<Device, "rehearse" | "prepare">,
  method: NetworkMethod,
  images: readonly ImageSize[],
  training: TrainingOptions = method.training,
): Promise<number | undefined> {
  const [{ channels = 1 } = {}] = images;
  const { patch, batchSize, microBatch } = training;
  const { network, optimizer, loss } = method;
  const size = microBatch ?? batchSize;
  const batch = () => ({
    images: zeros([size, patch, patch, channels]) as Tensor4D,
    masks: zeros([size, patch, patch, 1]) as Tensor4D,
  });
  const parts = Array.from({ length: batchSize / size }, () => batch);
  const work = () => {
    const model = device.prepare(network.build([null, null, channels], zeroWeights));
    const running = optimizer.create({ totalSteps: 2 });
    try {
      const step = createTrainStep(model, { loss }, training, "rehearsal");
      for (const number of [1, 2]) step(running, number, parts).dispose();
      const options = { stride: network.stride, memory: predictionMemory };
      const { width, height } = largestTile(model, images, options);
      predictZeros(model, width, height, channels);
    } finally {
      running.dispose();
      model.dispose();
    }
  };
  return rehearsed(device, work);
}
