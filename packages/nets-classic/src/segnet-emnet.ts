import { checks } from "@em-stellar/core";
import { applyLayer, defineNetwork, glorotUniform } from "@em-stellar/core/training";
import { input, layers, model, type SymbolicTensor } from "@tensorflow/tfjs-layers";
import { checkKernel, classicChecks, classicDefaults } from "./options.js";
import { partsOf, styleOf } from "./parts.js";
import type { SegnetOptions } from "./segnet.js";

const defaults: SegnetOptions = { ...classicDefaults, baseFilters: 32, kernelInitializer: "glorot-uniform" };

/** Filters of the convolutions of each level, down and up, as multiples of the first's. */
const encoder = [
  [1, 1],
  [2, 2],
  [4, 4, 4],
  [8, 8, 8],
  [8, 8, 8],
] as const;
const decoder = [[8, 8, 8], [8, 8, 8], [4, 4, 2], [2, 1], [1]] as const;

/**
 * The network that stands for SegNet in the EM-net authors' notebook: half its width, and plain up-sampling in place of
 * pooling indices. The published SegNet numbers are very likely its own.
 */
export const segnetEmnet = defineNetwork({
  id: "segnet-emnet",
  summary: "Slim SegNet with plain up-sampling",
  citation:
    "Khadangi A. et al., EM-net: deep learning for electron microscopy image segmentation, bioRxiv 2020.02.03.933127",
  defaults,
  check: checks(classicChecks(defaults.baseFilters), checkKernel),
  stride: () => 32,
  build(options: SegnetOptions, [height, width, channels], seed) {
    const parts = partsOf(styleOf(options, seed));
    const convolutions = (x: SymbolicTensor, place: string, widths: readonly number[]) =>
      widths.reduce(
        (y, multiple, i) => parts.convolution(y, `${place}-conv-${i + 1}`, { filters: multiple * options.baseFilters }),
        x,
      );
    const image = input({ name: "image", shape: [height, width, channels] });
    let x: SymbolicTensor = image;
    for (const [index, widths] of encoder.entries()) {
      const place = `encoder-${index + 1}`;
      x = parts.pool(convolutions(x, place, widths), place);
    }
    x = parts.drop(x);
    for (const [index, widths] of decoder.entries()) {
      const place = `decoder-${decoder.length - index}`;
      x = convolutions(parts.enlarge(x, place), place, widths);
    }
    const last = { filters: 1, kernelSize: 1, padding: "valid", after: "norm", initializer: glorotUniform } as const;
    x = parts.convolution(x, "head-conv", last);
    const probability = applyLayer(layers.activation({ name: "probability", activation: "sigmoid" }), x);
    return model({ name: "segnet-emnet", inputs: image, outputs: probability });
  },
});
