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
import { decode } from "./u-decoder.js";

export interface Vgg16UnetOptions extends ClassicOptions, KernelOptions, HeadOptions {}

const defaults: Vgg16UnetOptions = {
  ...classicDefaults,
  baseFilters: 64,
  kernelInitializer: "he-normal",
  head: "faithful",
};

/** Convolutions of each level, and their filters as multiples of the first level's. */
const levels = [
  { convolutions: 2, width: 1 },
  { convolutions: 2, width: 2 },
  { convolutions: 3, width: 4 },
  { convolutions: 3, width: 8 },
  { convolutions: 3, width: 8 },
] as const;

/** The thirteen convolutions of VGG-16, without normalisation, as encoder; the decoder is normalised. Skips 2 to 5 are pooled maps. */
export const vgg16Unet = defineNetwork({
  id: "vgg16-unet",
  summary: "VGG-16 encoder, U-net-like decoder",
  citation:
    "Simonyan K., Zisserman A., Very deep convolutional networks for large-scale image recognition, ICLR 2015, arXiv:1409.1556",
  defaults,
  check: checks(classicChecks(defaults.baseFilters), checkHead, checkKernel),
  stride: () => 32,
  build(options: Vgg16UnetOptions, [height, width, channels], seed) {
    const parts = partsOf(styleOf(options, seed));
    const image = input({ name: "image", shape: [height, width, channels] });
    const skips: SymbolicTensor[] = [];
    let x: SymbolicTensor = image;
    for (const [index, level] of levels.entries()) {
      const place = `encoder-${index + 1}`;
      const filters = level.width * options.baseFilters;
      for (let i = 1; i <= level.convolutions; i++) {
        x = parts.convolution(x, `${place}-conv-${i}`, { filters, after: "fused-relu" });
      }
      if (index === 0) skips.push(x); // at full size, before pooling
      x = parts.pool(x, place);
      skips.push(x);
    }
    const [full, first, second, third, fourth, deepest] = skips as [
      SymbolicTensor,
      SymbolicTensor,
      SymbolicTensor,
      SymbolicTensor,
      SymbolicTensor,
      SymbolicTensor,
    ];
    const across = [fourth, third, second, first, full];
    const widths = [8, 4, 2, 1, 1];
    const steps = across.map((skip, i) => ({ filters: (widths[i] as number) * options.baseFilters, skip }));
    return model({ name: "vgg16-unet", inputs: image, outputs: decode(parts.drop(deepest), steps, options, parts) });
  },
});
