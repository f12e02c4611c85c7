import { initializers } from "@tensorflow/tfjs-layers";

/** How the values of a weight start: what the layers of tfjs-layers take as `kernelInitializer`. */
export type Initializer = ReturnType<typeof initializers.zeros>;

/** Gives the next seed of a model at each call. */
export type Seeds = () => number;

/**
 * Given to a network's `build` in place of a stream of seeds: the initialisers of this file then give zeros. Drawing
 * weights takes nearly all of the time of a build, which those who look only at the layers can save.
 */
export const zeroWeights: Seeds = () => 1;

/** Normal, truncated at two standard deviations, with a variance of 2 / fan-in (He et al. 2015, arXiv:1502.01852). */
export function heNormal(seed: Seeds): Initializer {
  return drawn(seed, initializers.heNormal);
}

/** Uniform, with a variance of 2 / (fan-in + fan-out) (Glorot and Bengio 2010): what Keras takes where nothing is said. */
export function glorotUniform(seed: Seeds): Initializer {
  return drawn(seed, initializers.glorotUniform);
}

/** Uniform, with a variance of 1 / fan-in (LeCun et al. 1998); Caffe calls it "xavier". */
export function leCunUniform(seed: Seeds): Initializer {
  return drawn(seed, initializers.leCunUniform);
}

/** Normal, with a mean of 0 and this standard deviation, which is above 0. */
export function normal(standardDeviation: number, seed: Seeds): Initializer {
  return drawn(seed, (args) => initializers.randomNormal({ mean: 0, stddev: standardDeviation, ...args }));
}

function drawn(seed: Seeds, make: (args: { seed: number }) => Initializer): Initializer {
  return seed === zeroWeights ? initializers.zeros() : make({ seed: seed() });
}
