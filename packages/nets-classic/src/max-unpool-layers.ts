import type { CountsOperations, OperationCount, ReceptiveField, TellsReceptiveField } from "@em-stellar/core/training";
import { maxPoolWithIndices, maxUnpool } from "@em-stellar/kernels";
import type { Tensor, Tensor4D } from "@tensorflow/tfjs-core";
import { layers, type Shape } from "@tensorflow/tfjs-layers";

/** The layer of 2 × 2 max pooling that remembers: of [batch, height, width, channels] it gives the maxima and their indices. */
export class MaxPoolWithIndices extends layers.Layer implements CountsOperations, TellsReceptiveField {
  static readonly className = "EmStellarMaxPoolWithIndices";

  override computeOutputShape(inputShape: Shape): Shape[] {
    const [batch, height, width, channels] = inputShape as [number | null, number | null, number | null, number];
    const half = (side: number | null) => (side === null ? null : side / 2);
    const shape = [batch, half(height), half(width), channels];
    return [shape, shape];
  }

  override call(inputs: Tensor | Tensor[]): Tensor[] {
    const x = Array.isArray(inputs) ? inputs[0] : inputs;
    const { pooled, indices } = maxPoolWithIndices(x as Tensor4D);
    return [pooled, indices];
  }

  receptiveField(): ReceptiveField {
    const pair = { stride: 2, first: 0, last: 1 };
    return { rows: pair, columns: pair };
  }

  /** As TensorFlow's profiler counts a pooling: each value of each window. */
  countOperations(_inputs: readonly Shape[], output: Shape): OperationCount {
    return { macs: 0, other: 4 * (output.slice(1) as number[]).reduce((product, side) => product * side, 1) };
  }
}

/** The layer that undoes a pooling: values and the pooling's indices in, an image twice as high and wide out, 0 where no maximum was. */
export class MaxUnpool extends layers.Layer implements CountsOperations, TellsReceptiveField {
  static readonly className = "EmStellarMaxUnpool";

  override computeOutputShape(inputShapes: Shape[]): Shape {
    const [batch, height, width, channels] = inputShapes[0] as [number | null, number | null, number | null, number];
    const twice = (side: number | null) => (side === null ? null : side * 2);
    return [batch, twice(height), twice(width), channels];
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    const [x, indices] = inputs as [Tensor4D, Tensor4D];
    return maxUnpool(x, indices);
  }

  receptiveField(): ReceptiveField {
    const half = { stride: 1 / 2, first: -1 / 2, last: 0 };
    return { rows: half, columns: half };
  }

  /** It moves values and computes none. */
  countOperations(): OperationCount {
    return { macs: 0, other: 0 };
  }
}
