import { type TensorInfo, util } from "@tensorflow/tfjs-core";
import type { Compute } from "../compute.js";
import { sumOfValues } from "./sum.js";

/** The gradient of slopes from that of each channel: where all share one slope, their sum. */
export function ofOneSlope(compute: Compute, perChannel: TensorInfo, shape: readonly number[]): TensorInfo {
  if (util.sizeFromShape([...shape]) === util.sizeFromShape(perChannel.shape)) return perChannel;
  const sum = sumOfValues(compute, perChannel, shape);
  compute.release(perChannel);
  return sum;
}
