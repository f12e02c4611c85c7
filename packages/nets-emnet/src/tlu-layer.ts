import {
  type CountsOperations,
  type OperationCount,
  pointwise,
  type ReceptiveField,
  type TellsReceptiveField,
} from "@em-stellar/core/training";
import { trainableLinearUnit } from "@em-stellar/kernels";
import { reshape, type Tensor, type Tensor1D, tidy } from "@tensorflow/tfjs-core";
import { initializers, type LayerVariable, layers, type Shape } from "@tensorflow/tfjs-layers";

/**
 * The layer of trainable linear units: beta · x above 0, alpha · x below, with one alpha and one beta for each channel of
 * [batch, height, width, channels]. Its weights are `alpha` (zeros at first), then `beta` (ones), both [1, 1, channels], so
 * that it starts as a ReLU.
 */
export class Tlu extends layers.Layer implements CountsOperations, TellsReceptiveField {
  static readonly className = "EmStellarTlu";
  #alpha: LayerVariable | undefined;
  #beta: LayerVariable | undefined;

  override build(inputShape: Shape): void {
    const shape = [1, 1, inputShape.at(-1) as number];
    this.#alpha = this.addWeight("alpha", shape, "float32", initializers.zeros());
    this.#beta = this.addWeight("beta", shape, "float32", initializers.ones());
    super.build(inputShape);
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    const x = Array.isArray(inputs) ? (inputs[0] as Tensor) : inputs;
    return tidy(() => trainableLinearUnit(x, perChannel(this.#alpha), perChannel(this.#beta)));
  }

  receptiveField(): ReceptiveField {
    return pointwise;
  }

  /** β · relu(x) − α · relu(−x): six operations for each value, two of them ReLUs, and the change of α's sign for each channel. */
  countOperations(_inputs: readonly Shape[], output: Shape): OperationCount {
    const values = (output.slice(1) as number[]).reduce((product, side) => product * side, 1);
    const channels = output.at(-1) as number;
    return { macs: 0, other: 6 * values + channels, profiled: 4 * values + channels };
  }
}

function perChannel(weight: LayerVariable | undefined): Tensor1D {
  return reshape((weight as LayerVariable).read(), [-1]); // tfjs calls build, which makes both weights, before call
}
