import type { Shape } from "@tensorflow/tfjs-layers";

/** What a layer computes for one image. */
export interface OperationCount {
  /** Multiply-accumulates of convolutions and matrix products. */
  readonly macs: number;
  /** All other arithmetic, one for each operation on one element. */
  readonly other: number;
  /**
   * How many of `other` TensorFlow's profiler would count: it leaves out normalisations and activation functions (ReLU,
   * sigmoid, softmax). All of them where absent.
   */
  readonly profiled?: number;
}

/** Your own layer that says what it costs. A layer that does not is listed as unknown, and totals are lower bounds. */
export interface CountsOperations {
  /**
   * Shapes are those of tfjs-layers: the batch comes first and is left out of the count, all other sides are known.
   * `output` is that of the first output where there are several.
   */
  countOperations(inputs: readonly Shape[], output: Shape): OperationCount;
}
