/** How a network is given its chance to overfit, beside what all have in common. */
export interface Case {
  readonly baseFilters: number;
  readonly learningRate: number;
}

/** Every network of the registry, at half to an eighth of its width; em-net-v1-2x and -4x differ in their widths alone. */
export const cases: Readonly<Record<string, Case>> = {
  unet: { baseFilters: 8, learningRate: 0.002 },
  "unet-bn": { baseFilters: 8, learningRate: 0.01 },
  "prelu-net": { baseFilters: 8, learningRate: 0.01 },
  "em-net-v1-2x": { baseFilters: 4, learningRate: 0.005 },
  "em-net-v1-4x": { baseFilters: 8, learningRate: 0.005 },
  "em-net-v1-bn": { baseFilters: 4, learningRate: 0.01 },
  "em-net-v1-bn-2x": { baseFilters: 4, learningRate: 0.01 },
  "em-net-v2": { baseFilters: 4, learningRate: 0.005 },
  "em-net-v2-2x": { baseFilters: 4, learningRate: 0.005 },
  "em-net-v2-4x": { baseFilters: 4, learningRate: 0.005 },
  "vgg16-unet": { baseFilters: 8, learningRate: 0.01 },
  resnet: { baseFilters: 8, learningRate: 0.01 },
  "resnet50-unet": { baseFilters: 8, learningRate: 0.01 },
  segnet: { baseFilters: 8, learningRate: 0.01 },
  "segnet-emnet": { baseFilters: 8, learningRate: 0.01 },
  cdeep3m: { baseFilters: 4, learningRate: 0.01 },
};
