import { type Device, DeviceError, zeroWeights } from "@em-stellar/core/training";
import { dispose, type Tensor4D, zeros } from "@tensorflow/tfjs-core";
import type { NetworkMethod } from "../method.js";
import { type ImageSize, largestTile } from "../prediction/predict-image.js";
import type { TrainingOptions } from "../training-options.js";
import { createTrainStep } from "./train-step.js";
import { predictionMemory } from "./validate.js";

/**
 * Bytes of tensors that a training of a method takes at most, from a rehearsal of two steps and of the prediction of each image:
 * in the second step the optimizer has its state. Infinity where it does not fit on the device. Undefined where the device cannot
 * tell, or where the training would fail for another reason, which its job tells better.
 */
export async function memoryNeed(
  { rehearse, prepare }: Pick<Device, "rehearse" | "prepare">,
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
    const model = prepare(network.build([null, null, channels], zeroWeights));
    const running = optimizer.create({ totalSteps: 2 });
    try {
      const step = createTrainStep(model, { loss }, training, "rehearsal");
      for (const number of [1, 2]) step(running, number, parts).dispose();
      const options = { stride: network.stride, memory: predictionMemory };
      const { width, height } = largestTile(model, images, options);
      const image = zeros([1, height, width, channels]);
      const prediction = model.predict(image) as Tensor4D;
      dispose([image, prediction]);
    } finally {
      running.dispose();
      model.dispose();
    }
  };
  try {
    return await rehearse?.(work);
  } catch (error) {
    return error instanceof DeviceError ? Number.POSITIVE_INFINITY : undefined;
  }
}
