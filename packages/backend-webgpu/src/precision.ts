/** In what convolutions multiply; all else, sums and everything in memory included, is in float32. */
export const precisions = ["float32", "mixed-float16"] as const;

/**
 * `mixed-float16`: the factors of convolutions, and of their gradients, are rounded to float16, each gradient scaled into its
 * range. Weights, and what the optimizer keeps, stay in float32.
 */
export type Precision = (typeof precisions)[number];

/** Features of WebGPU that a device is asked for beyond those that float32 uses: those it needs, and those it takes where they are. */
export const featuresOf: Readonly<Record<Precision, { needed: readonly string[]; welcome: readonly string[] }>> = {
  float32: { needed: [], welcome: [] },
  "mixed-float16": { needed: ["shader-f16"], welcome: ["chromium-experimental-subgroup-matrix"] },
};

/** Dawn, in Node, hides the second feature, and on NVIDIA's Vulkan driver the first one, unless these are switched on. */
export const switchesOfDawn: Readonly<Record<Precision, readonly string[]>> = {
  float32: [],
  "mixed-float16": ["enable-dawn-features=allow_unsafe_apis,vulkan_enable_f16_on_nvidia"],
};
