import { wholeNumber } from "@em-stellar/core";
import { applyLayer, defineNetwork, glorotUniform, heNormal } from "@em-stellar/core/training";
import { input, layers, model, type SymbolicTensor } from "@tensorflow/tfjs-layers";

export interface NewNetworkOptions {
  /** Filters at full resolution; twice as many at half of it. */
  baseFilters: number;
}

const defaults: NewNetworkOptions = { baseFilters: 16 };

/** A U of one level: one convolution down, one at half the resolution, one up, each with batch normalisation and ReLU. */
export const newNetwork = defineNetwork({
  id: "new-network",
  summary: "A U-net of one level",
  defaults,
  check: wholeNumber("baseFilters", { min: 1, suchAs: "4 or 16" }),
  stride: () => 2,
  build({ baseFilters }: NewNetworkOptions, [height, width, channels], seed) {
    const convolution = (x: SymbolicTensor, name: string, filters: number) => {
      const kernelInitializer = heNormal(seed);
      const y = applyLayer(layers.conv2d({ name, filters, kernelSize: 3, padding: "same", kernelInitializer }), x);
      const normalized = applyLayer(layers.batchNormalization({ name: `${name}-norm`, momentum: 0.9 }), y);
      return applyLayer(layers.activation({ name: `${name}-relu`, activation: "relu" }), normalized);
    };
    const image = input({ name: "image", shape: [height, width, channels] });
    const skip = convolution(image, "encoder-conv", baseFilters);
    const half = applyLayer(layers.maxPooling2d({ name: "encoder-pool", poolSize: 2, strides: 2 }), skip);
    const deepest = convolution(half, "bottleneck-conv", 2 * baseFilters);
    const enlarged = applyLayer(layers.upSampling2d({ name: "decoder-up", size: [2, 2] }), deepest);
    const joined = applyLayer(layers.concatenate({ name: "decoder-concat" }), [skip, enlarged]);
    const last = convolution(joined, "decoder-conv", baseFilters);
    const kernelInitializer = glorotUniform(seed);
    const head = { name: "probability", filters: 1, kernelSize: 1, activation: "sigmoid", kernelInitializer } as const;
    return model({ name: "new-network", inputs: image, outputs: applyLayer(layers.conv2d(head), last) });
  },
});
