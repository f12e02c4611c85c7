import { checks, wholeNumber } from "@em-stellar/core";
import { applyLayer, defineNetwork, glorotUniform, heNormal } from "@em-stellar/core/training";
import { input, layers, model, type SymbolicTensor } from "@tensorflow/tfjs-layers";

export interface NewNetworkOptions {
  /** Filters of each convolution. */
  baseFilters: number;
  /** Number of 3 × 3 convolutions before the output. */
  depth: number;
}

const defaults: NewNetworkOptions = { baseFilters: 16, depth: 4 };

/** Convolutions one after another at full resolution, each with batch normalisation and ReLU. */
export const newNetwork = defineNetwork({
  id: "new-network",
  summary: "A stack of 3 × 3 convolutions at full resolution",
  defaults,
  check: checks(wholeNumber("baseFilters", { min: 1, suchAs: "4 or 16" }), wholeNumber("depth", { min: 1 })),
  stride: () => 1,
  build({ baseFilters: filters, depth }: NewNetworkOptions, [height, width, channels], seed) {
    const image = input({ name: "image", shape: [height, width, channels] });
    let x: SymbolicTensor = image;
    for (let i = 1; i <= depth; i++) {
      const name = `conv-${i}`;
      const convolution = { name, filters, kernelSize: 3, padding: "same", kernelInitializer: heNormal(seed) } as const;
      x = applyLayer(layers.conv2d(convolution), x);
      x = applyLayer(layers.batchNormalization({ name: `${name}-norm`, momentum: 0.9 }), x);
      x = applyLayer(layers.activation({ name: `${name}-relu`, activation: "relu" }), x);
    }
    const kernelInitializer = glorotUniform(seed);
    const head = { name: "probability", filters: 1, kernelSize: 1, activation: "sigmoid", kernelInitializer } as const;
    return model({ name: "new-network", inputs: image, outputs: applyLayer(layers.conv2d(head), x) });
  },
});
