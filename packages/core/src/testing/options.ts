import { type Optimizer, train } from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";

/** How a network is checked. */
export interface NetworkCheckOptions {
  /** Parameters that the network must have for images of one channel; `null`: they are not checked. */
  readonly parameters: { readonly trainable: number; readonly nonTrainable: number } | null;
  /** Side of the training patches; `null`: the smallest multiple of the stride from twice the stride, and from 16, on. */
  readonly side: number | null;
  /** Where one seed may be unlucky (a ReLU that starts dead), the next is tried. */
  readonly seeds: readonly number[];
  /** Steps within which a batch must be learnt. */
  readonly steps: number;
  /** Makes the optimizer of these steps. */
  readonly optimizer: () => Optimizer;
  /** How far their loss (cross-entropy) must fall: this share of that of the best constant prediction. */
  readonly lossShare: number;
  /** What the class names of the network's own layers must begin with, the prefix of your package; `null`: with any. */
  readonly layerPrefix: string | null;
  /** What the device does to a model before training: `(model) => device.prepare(model)`. */
  readonly prepare: (model: LayersModel) => LayersModel;
}

export const defaults: NetworkCheckOptions = {
  parameters: null,
  side: null,
  seeds: [1, 2, 3],
  steps: 80,
  optimizer: () => train.adam(0.01),
  lossShare: 0.5,
  layerPrefix: null,
  prepare: (model) => model,
};
