import {
  createRandom,
  defineDataSource,
  defineMetric,
  type ProbabilityMap,
  type Raster,
  type Sample,
} from "@em-stellar/core";
import { defineLoss, defineNetwork, defineOptimizer } from "@em-stellar/core/training";
import { mean, mul, squaredDifference, train } from "@tensorflow/tfjs-core";
import { initializers, input, layers, model } from "@tensorflow/tfjs-layers";

/** Bright discs on a dark, noisy ground: what a threshold, or a network of one layer, can find. */
export function discs(count: number, { size = 24, seed = 1, groups = 2, prefix = "disc" } = {}): Sample[] {
  return Array.from({ length: count }, (_, index): Sample => {
    const random = createRandom(`${seed}/${prefix}/${index}`);
    const [cx, cy, r] = [random.uniform(6, size - 6), random.uniform(6, size - 6), random.uniform(3, 6)];
    const inside = (i: number) => (i % size) - cx < r && Math.hypot((i % size) - cx, Math.floor(i / size) - cy) < r;
    const data = Uint8Array.from({ length: size * size }, (_, i) => 80 + (inside(i) ? 60 : 0) + 40 * random.next());
    const mask = Uint8Array.from({ length: size * size }, (_, i) => (inside(i) ? 1 : 0));
    return {
      id: `${prefix}-${index}`,
      group: `group-${index % groups}`,
      image: async (): Promise<Raster> => ({ width: size, height: size, channels: 1, data }),
      mask: async (): Promise<ProbabilityMap> => ({ width: size, height: size, data: mask, maximum: 1 }),
    };
  });
}

/** Train and test samples made by `discs`. */
export const discData = defineDataSource({
  id: "discs",
  summary: "Discs for tests.",
  defaults: { train: 4, test: 2, size: 24, groups: 2 },
  open: async ({ train, test, size, groups }) => ({
    train: discs(train, { size, groups }),
    test: discs(test, { size, seed: 2, prefix: "test" }),
  }),
});

/** Two convolutions with batch normalisation and dropout: every kind of state that a training has to save. */
export const tinyNet = defineNetwork({
  id: "tiny-net",
  summary: "A network for tests.",
  defaults: { filters: 4, stride: 2 },
  stride: ({ stride }) => stride,
  build({ filters }, shape, seed) {
    const image = input({ shape: [...shape] });
    const initializer = () => initializers.heNormal({ seed: seed() });
    let x = layers
      .conv2d({ name: "first", filters, kernelSize: 3, padding: "same", kernelInitializer: initializer() })
      .apply(image);
    x = layers.batchNormalization({ name: "norm" }).apply(x);
    x = layers.reLU({ name: "relu" }).apply(x);
    x = layers.dropout({ name: "drop", rate: 0.25, seed: seed() }).apply(x);
    const output = layers
      .conv2d({ name: "last", filters: 1, kernelSize: 1, activation: "sigmoid", kernelInitializer: initializer() })
      .apply(x);
    return model({ inputs: image, outputs: output as typeof image });
  },
});

/** Mean squared error. */
export const squaredError = defineLoss({
  id: "squared-error",
  summary: "Mean squared error, for tests.",
  defaults: { factor: 1 },
  compute: (truth, prediction, { factor }) => mul(mean(squaredDifference(truth, prediction)), factor),
});

/** tfjs's own Adam. */
export const stockAdam = defineOptimizer({
  id: "stock-adam",
  summary: "tfjs's Adam, for tests.",
  defaults: { learningRate: 0.02 },
  create: (_, { learningRate }) => train.adam(learningRate),
});

/** Share of pixels that truth and prediction agree on. */
export const agreement = defineMetric({
  id: "agreement",
  summary: "Accuracy, for tests.",
  defaults: {},
  goal: "maximize",
  range: [0, 1],
  accumulate() {
    let [same, pixels] = [0, 0];
    return {
      add({ truth, prediction }) {
        const threshold = prediction.threshold ?? 0.5;
        for (let i = 0; i < truth.data.length; i++) {
          const object = (truth.data[i] as number) / truth.maximum > 0.5;
          if (object === (prediction.data[i] as number) / prediction.maximum > threshold) same++;
        }
        pixels += truth.data.length;
      },
      result: () => (pixels === 0 ? undefined : same / pixels),
      parts: () => ({ same, pixels }),
    };
  },
  fromParts: ({ same = 0, pixels = 0 }) => (pixels === 0 ? undefined : same / pixels),
});
