import {
  type CountsOperations,
  type OperationCount,
  pointwise,
  type ReceptiveField,
  type TellsReceptiveField,
} from "@em-stellar/core/training";
import { sigmoid, slice, sub, type Tensor, type Tensor4D, tidy } from "@tensorflow/tfjs-core";
import { layers, type Shape } from "@tensorflow/tfjs-layers";

/**
 * The layer that ends a network of two classes: softmax over the channels (background, object) of [batch, height, width, 2],
 * of which the object's probability is kept. Computed as the sigmoid of the difference, which is the same.
 */
export class ObjectProbability extends layers.Layer implements CountsOperations, TellsReceptiveField {
  static readonly className = "EmStellarObjectProbability";

  override computeOutputShape(inputShape: Shape): Shape {
    return [...inputShape.slice(0, -1), 1];
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    const x = (Array.isArray(inputs) ? inputs[0] : inputs) as Tensor4D;
    return tidy(() => {
      const [background, object] = [0, 1].map((channel) => slice(x, [0, 0, 0, channel], [-1, -1, -1, 1]));
      return sigmoid(sub(object as Tensor, background as Tensor));
    });
  }

  receptiveField(): ReceptiveField {
    return pointwise;
  }

  /** Counted as the softmax that it stands for: five operations for each value that comes in. */
  countOperations(_inputs: readonly Shape[], output: Shape): OperationCount {
    const values = (output.slice(1) as number[]).reduce((product, side) => product * side, 1);
    return { macs: 0, other: 2 * 5 * values, profiled: 0 };
  }
}
