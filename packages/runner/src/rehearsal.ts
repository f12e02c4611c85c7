import { type Device, DeviceError } from "@em-stellar/core/training";
import { dispose, type Tensor4D, zeros } from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";

/**
 * Bytes of tensors that some work would take of a device. Infinity where it does not fit. Undefined where the device cannot tell, or
 * where the work fails for another reason, which whoever does it tells better.
 */
export async function rehearsed({ rehearse }: Pick<Device, "rehearse">, work: () => void): Promise<number | undefined> {
  try {
    return await rehearse?.(work);
  } catch (error) {
    return error instanceof DeviceError ? Number.POSITIVE_INFINITY : undefined;
  }
}

/** Predicts an image of zeros, for a rehearsal. The model gives one tensor. */
export function predictZeros(model: LayersModel, width: number, height: number, channels: number): void {
  const image = zeros([1, height, width, channels]);
  const prediction = model.predict(image) as Tensor4D;
  dispose([image, prediction]);
}
