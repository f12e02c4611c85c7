import type { Tensor } from "@tensorflow/tfjs-core";
import type { Layer } from "./only-follower.js";

/** What is used of tfjs-layers' Conv2D, a class that it does not export. */
export interface Convolution extends Layer {
  readonly kernelSize: readonly number[];
  readonly strides: readonly number[];
  readonly padding: string;
  readonly dataFormat: string;
  readonly dilationRate: readonly number[];
  readonly kernel: { read(): Tensor };
  readonly bias: { read(): Tensor } | null;
}

/** Whether a layer is a convolution of NHWC images. */
export function isConvolution(layer: Layer): layer is Convolution {
  return layer.getClassName() === "Conv2D" && (layer as Convolution).dataFormat === "channelsLast";
}
