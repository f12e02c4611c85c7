import * as tf from "@tensorflow/tfjs-core";
import type { LayersModel, SymbolicTensor } from "@tensorflow/tfjs-layers";
import { fastest } from "./measure.js";

/** A convolution layer of a model. */
export interface Convolution {
  readonly input: readonly number[];
  readonly filter: readonly number[];
  readonly stride: readonly [number, number];
  readonly padding: string;
  /** For one image. */
  readonly macs: number;
}

/** The convolutions of a model, for one image each. */
export function convolutionsOf(model: LayersModel): Convolution[] {
  return model.layers
    .filter((layer) => layer.getClassName() === "Conv2D")
    .map((layer) => {
      const [, height, width] = layer.outputShape as [null, number, number];
      const filter = (layer.getWeights()[0] as tf.Tensor).shape;
      const { strides, padding } = layer.getConfig() as { strides: [number, number]; padding: string };
      const size = filter.reduce((product, side) => product * side, 1);
      return {
        input: (layer.input as SymbolicTensor).shape.slice(1) as number[],
        filter,
        stride: strides,
        padding,
        macs: (height as number) * (width as number) * size,
      };
    });
}

/** Multiply-accumulates of all of them, for one image. */
export function macsOf(convolutions: readonly Convolution[]): number {
  return convolutions.reduce((sum, { macs }) => sum + macs, 0);
}

/** Milliseconds that tfjs's own forward convolution takes for all of them, one after the other. */
export async function forwardTime(
  kernel: tf.KernelConfig["kernelFunc"],
  convolutions: readonly Convolution[],
  batch: number,
): Promise<number> {
  let total = 0;
  for (const { input, filter, stride, padding } of convolutions) {
    const x = tf.randomUniform([batch, ...input]);
    const w = tf.randomUniform([...filter]);
    const attrs = { strides: stride, pad: padding, dataFormat: "NHWC", dilations: 1 };
    total += await fastest(7, () => {
      const out = kernel({ inputs: { x, filter: w }, attrs, backend: tf.backend() }) as tf.TensorInfo;
      tf.backend().disposeData(out.dataId);
    });
    tf.dispose([x, w]);
  }
  return total;
}
