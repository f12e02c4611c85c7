import { checks } from "@em-stellar/core";
import { defineNetwork, glorotUniform } from "@em-stellar/core/training";
import { input, model, type SymbolicTensor } from "@tensorflow/tfjs-layers";
import { type ClassicOptions, checkKernel, classicChecks, classicDefaults, type KernelOptions } from "./options.js";
import { partsOf, styleOf } from "./parts.js";
import { residualStage, type Widths } from "./residual.js";

export interface ResnetOptions extends ClassicOptions, KernelOptions {}

const defaults: ResnetOptions = { ...classicDefaults, baseFilters: 16, kernelInitializer: "glorot-uniform" };

/** Widths as multiples of the stem's filters. Every stage has three units. */
const down: readonly Widths[] = [
  [1, 1, 2],
  [2, 2, 4],
  [4, 4, 8],
  [8, 8, 16],
];
const up: readonly Widths[] = [
  [16, 8, 8],
  [16, 4, 4],
  [8, 2, 2],
  [4, 1, 1],
];

/**
 * The residual network that the EM-stellar authors ran: a quarter of ResNet-50's width, three units in every stage, and a
 * decoder of residual units. It starts from Glorot's uniform range, as their code did (their paper says He's).
 */
export const resnet = defineNetwork({
  id: "resnet",
  summary: "Slim residual encoder and decoder",
  citation: "He K. et al., Deep residual learning for image recognition, CVPR 2016, arXiv:1512.03385",
  defaults,
  check: checks(classicChecks(defaults.baseFilters), checkKernel),
  stride: () => 32,
  build(options: ResnetOptions, [height, width, channels], seed) {
    const parts = partsOf(styleOf(options, seed));
    const scaled = ([a, b, c]: Widths): Widths => [
      a * options.baseFilters,
      b * options.baseFilters,
      c * options.baseFilters,
    ];
    const image = input({ name: "image", shape: [height, width, channels] });
    const stem = { filters: options.baseFilters, kernelSize: 7, strides: 2, padding: "valid" } as const;
    let x = parts.convolution(parts.frame(image, "stem", 4), "stem-conv", stem);
    x = parts.pool(x, "stem", 3);
    const skips: SymbolicTensor[] = [];
    for (const [index, widths] of down.entries()) {
      const first = { stride: index === 0 ? 1 : 2 };
      x = residualStage(x, `encoder-${index + 1}`, 3, scaled(widths), first, parts);
      skips.push(x);
    }
    x = parts.drop(x);
    for (const [index, widths] of up.entries()) {
      const place = `decoder-${up.length - index}`;
      x = residualStage(x, place, 3, scaled(widths), "enlarged", parts);
      const skip = skips[up.length - 2 - index];
      if (skip) x = parts.concatenate([x, skip], place);
    }
    x = parts.enlarge(x, "head");
    const probability = parts.convolution(x, "probability", {
      filters: 1,
      after: "sigmoid",
      initializer: glorotUniform,
    });
    return model({ name: "resnet", inputs: image, outputs: probability });
  },
});
