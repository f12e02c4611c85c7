import { checks } from "@em-stellar/core";
import { defineNetwork, glorotUniform } from "@em-stellar/core/training";
import { input, type layers, model, type SymbolicTensor } from "@tensorflow/tfjs-layers";
import { MaxPoolWithIndices, MaxUnpool } from "./max-unpool-layers.js";
import { type ClassicOptions, checkKernel, classicChecks, classicDefaults, type KernelOptions } from "./options.js";
import { partsOf, styleOf } from "./parts.js";

export interface SegnetOptions extends ClassicOptions, KernelOptions {}

const defaults: SegnetOptions = { ...classicDefaults, baseFilters: 64, kernelInitializer: "he-normal" };

/** Filters of the convolutions of each level on the way down, as multiples of the first's. */
const encoder = [
  [1, 1],
  [2, 2],
  [4, 4, 4],
  [8, 8, 8],
  [8, 8, 8],
] as const;
/** And on the way up, deepest level first; the last of each fits the indices that come next. */
const decoder = [[8, 8, 8], [8, 8, 4], [4, 4, 2], [2, 1], [1]] as const;

/**
 * SegNet: the convolutions of VGG-16, normalised, and a decoder that puts values back to where the encoder's poolings found
 * their maxima. One channel with a sigmoid ends it in place of the softmax over classes.
 */
export const segnet = defineNetwork({
  id: "segnet",
  summary: "SegNet with pooling indices",
  citation:
    "Badrinarayanan V. et al., SegNet: a deep convolutional encoder-decoder architecture for image segmentation, TPAMI 2017, arXiv:1511.00561",
  defaults,
  layers: [MaxPoolWithIndices, MaxUnpool],
  check: checks(classicChecks(defaults.baseFilters), checkKernel),
  stride: () => 32,
  build(options: SegnetOptions, [height, width, channels], seed) {
    // The original starts its normalisations at a shift of 0.001.
    const parts = partsOf({ ...styleOf(options, seed), batchNormBeta: 0.001 });
    const convolutions = (x: SymbolicTensor, place: string, widths: readonly number[]) =>
      widths.reduce(
        (y, multiple, i) => parts.convolution(y, `${place}-conv-${i + 1}`, { filters: multiple * options.baseFilters }),
        x,
      );
    const image = input({ name: "image", shape: [height, width, channels] });
    const remembered: SymbolicTensor[] = [];
    let x: SymbolicTensor = image;
    for (const [index, widths] of encoder.entries()) {
      const place = `encoder-${index + 1}`;
      const pool: layers.Layer = new MaxPoolWithIndices({ name: `${place}-pool` });
      // What a layer of two outputs gives for symbolic input.
      const [pooled, indices] = pool.apply(convolutions(x, place, widths)) as [SymbolicTensor, SymbolicTensor];
      remembered.unshift(indices);
      x = pooled;
    }
    x = parts.drop(x);
    for (const [index, widths] of decoder.entries()) {
      const place = `decoder-${decoder.length - index}`;
      const indices = remembered[index] as SymbolicTensor;
      x = new MaxUnpool({ name: `${place}-unpool` }).apply([x, indices]) as SymbolicTensor; // a layer of one output
      x = convolutions(x, place, widths);
    }
    const probability = parts.convolution(x, "probability", {
      filters: 1,
      after: "sigmoid",
      initializer: glorotUniform,
    });
    return model({ name: "segnet", inputs: image, outputs: probability });
  },
});
