import { checks } from "@em-stellar/core";
import { defineNetwork } from "@em-stellar/core/training";
import { input, model, type SymbolicTensor } from "@tensorflow/tfjs-layers";
import {
  type ClassicOptions,
  checkHead,
  checkKernel,
  classicChecks,
  classicDefaults,
  type HeadOptions,
  type KernelOptions,
} from "./options.js";
import { partsOf, styleOf } from "./parts.js";
import { residualStage } from "./residual.js";
import { decode } from "./u-decoder.js";

export interface Resnet50UnetOptions extends ClassicOptions, KernelOptions, HeadOptions {}

const defaults: Resnet50UnetOptions = {
  ...classicDefaults,
  baseFilters: 64,
  kernelInitializer: "he-normal",
  head: "faithful",
};

/** Units of each stage, and their narrow width as a multiple of the stem's filters; units are four times as wide outside. */
const stages = [
  { units: 3, width: 1 },
  { units: 4, width: 2 },
  { units: 6, width: 4 },
  { units: 3, width: 8 },
] as const;

/**
 * What the EM-stellar paper describes: ResNet-50 as encoder and a U-net-like decoder. Its decoder is not published; this one
 * is our choice, the decoder of `vgg16Unet`. What the authors ran is `resnet`.
 */
export const resnet50Unet = defineNetwork({
  id: "resnet50-unet",
  summary: "ResNet-50 encoder, U-net-like decoder",
  citation: "He K. et al., Deep residual learning for image recognition, CVPR 2016, arXiv:1512.03385",
  defaults,
  check: checks(classicChecks(defaults.baseFilters), checkHead, checkKernel),
  stride: () => 32,
  build(options: Resnet50UnetOptions, [height, width, channels], seed) {
    const parts = partsOf(styleOf(options, seed));
    const image = input({ name: "image", shape: [height, width, channels] });
    const stem = { filters: options.baseFilters, kernelSize: 7, strides: 2, padding: "valid" } as const;
    let x = parts.convolution(parts.frame(image, "stem", 3), "stem-conv", stem);
    const skips: (SymbolicTensor | undefined)[] = [undefined, x];
    x = parts.pool(parts.frame(x, "stem-pool", 1), "stem", 3);
    for (const [index, { units, width: multiple }] of stages.entries()) {
      const narrow = multiple * options.baseFilters;
      const first = { stride: index === 0 ? 1 : 2 };
      x = residualStage(x, `encoder-${index + 1}`, units, [narrow, narrow, 4 * narrow], first, parts);
      skips.push(x);
    }
    const widths = [8, 4, 2, 1, 1];
    const across = skips.slice(0, -1).reverse(); // the deepest stage is where the decoder starts
    const steps = across.map((skip, i) => ({ filters: (widths[i] as number) * options.baseFilters, skip }));
    return model({ name: "resnet50-unet", inputs: image, outputs: decode(parts.drop(x), steps, options, parts) });
  },
});
