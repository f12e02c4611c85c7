import { definePlugin } from "@em-stellar/core";
import { applyLayer, defineNetwork, glorotUniform, heNormal } from "@em-stellar/core/training";
import { input, layers, model } from "@tensorflow/tfjs-layers";

export interface PlainNetOptions {
  /** Filters of each convolution. */
  filters: number;
  /** Number of 3 × 3 convolutions before the output. */
  convolutions: number;
}

/** A stack of convolutions at full resolution, without down-sampling: each pixel is judged by its near neighbourhood. */
export const plainNet = defineNetwork({
  id: "plain-net",
  summary: "A stack of 3 × 3 convolutions at full resolution",
  defaults: { filters: 8, convolutions: 4 },
  stride: () => 1,
  build({ filters, convolutions }: PlainNetOptions, [height, width, channels], seed) {
    const image = input({ shape: [height, width, channels] });
    let x = image;
    for (let i = 0; i < convolutions; i++) {
      const kernelInitializer = heNormal(seed);
      x = applyLayer(layers.conv2d({ filters, kernelSize: 3, padding: "same", kernelInitializer }), x);
      x = applyLayer(layers.batchNormalization({ momentum: 0.9 }), x);
      x = applyLayer(layers.activation({ activation: "relu" }), x);
    }
    const kernelInitializer = glorotUniform(seed);
    const head = layers.conv2d({ filters: 1, kernelSize: 1, activation: "sigmoid", kernelInitializer });
    return model({ inputs: image, outputs: applyLayer(head, x) });
  },
});

export default definePlugin({ name: "my-first-network", version: "0.0.0", components: [plainNet] });
