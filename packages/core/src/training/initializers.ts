import { initializers } from "@tensorflow/tfjs-layers";
import { InputError } from "../errors.js";

/** How the values of a weight start: what the layers of tfjs-layers take as `kernelInitializer`. */
export type Initializer = ReturnType<typeof initializers.zeros>;

/** Gives the next seed of a model at each call. */
export type Seeds = () => number;

/**
 * Given to a network's `build` in place of a stream of seeds: the initialisers of this file then give zeros. Drawing
 * weights takes nearly all of the time of a build, which those who look only at the layers can save.
 */
export const zeroWeights: Seeds = () => 1;

/**
 * Normal, with a variance of 2 / fan-in; values beyond two standard deviations of the distribution before they are left out
 * are drawn again (He et al. 2015, arXiv:1502.01852; `he_normal` of Keras).
 */
export function heNormal(seed: Seeds): Initializer {
  return scaled(2, "fanIn", "normal", seed);
}

/** Uniform, with a variance of 2 / fan-in (He et al. 2015; `he_uniform` of Keras). */
export function heUniform(seed: Seeds): Initializer {
  return scaled(2, "fanIn", "uniform", seed);
}

/** As `heNormal`, with a variance of 2 / (fan-in + fan-out) (Glorot and Bengio 2010; `glorot_normal` of Keras). */
export function glorotNormal(seed: Seeds): Initializer {
  return scaled(1, "fanAvg", "normal", seed);
}

/** Uniform, with a variance of 2 / (fan-in + fan-out) (Glorot and Bengio 2010): what Keras takes where nothing is said. */
export function glorotUniform(seed: Seeds): Initializer {
  return scaled(1, "fanAvg", "uniform", seed);
}

/** As `heNormal`, with a variance of 1 / fan-in (LeCun et al. 1998; `lecun_normal` of Keras). */
export function leCunNormal(seed: Seeds): Initializer {
  return scaled(1, "fanIn", "normal", seed);
}

/** Uniform, with a variance of 1 / fan-in (LeCun et al. 1998; `lecun_uniform` of Keras); Caffe calls it "xavier". */
export function leCunUniform(seed: Seeds): Initializer {
  return scaled(1, "fanIn", "uniform", seed);
}

/** Normal, with a mean of 0 and this standard deviation, 0 or more. */
export function normal(standardDeviation: number, seed: Seeds): Initializer {
  return drawn(
    seed,
    (args) => initializers.randomNormal({ mean: 0, stddev: standardDeviation, ...args }),
    standardDeviation,
  );
}

/**
 * Normal, with a mean of 0 and this standard deviation, 0 or more, before values beyond two of them are drawn again: what is
 * left has 0.88 of it (`TruncatedNormal` of Keras).
 */
export function truncatedNormal(standardDeviation: number, seed: Seeds): Initializer {
  return drawn(
    seed,
    (args) => initializers.truncatedNormal({ mean: 0, stddev: standardDeviation, ...args }),
    standardDeviation,
  );
}

/** The standard deviation of a standard normal distribution that is cut off at −2 and 2: √(1 − 4 φ(2) / (2 Φ(2) − 1)). */
const ofTruncated = 0.87962566103423978;

/** A variance of `scale` over a number of inputs, outputs, or the mean of both. */
function scaled(scale: number, mode: "fanIn" | "fanAvg", distribution: "normal" | "uniform", seed: Seeds): Initializer {
  // tfjs truncates a normal distribution of this variance, which leaves less of it.
  const before = distribution === "normal" ? scale / ofTruncated ** 2 : scale;
  return drawn(seed, (args) => initializers.varianceScaling({ scale: before, mode, distribution, ...args }));
}

/** tfjs takes a spread of 0 for none given, which is 0.05. */
function drawn(seed: Seeds, make: (args: { seed: number }) => Initializer, spread = 1): Initializer {
  if (!(spread >= 0)) {
    throw new InputError(
      `An initialiser needs a standard deviation of 0 or more, such as 0.05, but was given ${spread}.`,
    );
  }
  if (seed === zeroWeights) return limited(initializers.zeros());
  const args = { seed: seed() };
  return limited(spread === 0 ? initializers.zeros() : make(args));
}

/** Values of one weight, at most: 1 GiB of memory. A network with a larger one fits no device, and would take hours to fail. */
const mostValues = 2 ** 28;

/** The same, but it throws `InputError` before it takes memory for more values than a weight may have. */
function limited(initializer: Initializer): Initializer {
  const { apply } = initializer;
  initializer.apply = (shape, dtype) => {
    const values = shape.reduce<number>((product, side) => product * (side ?? 1), 1);
    if (!(values <= mostValues)) {
      throw new InputError(
        `A weight of the network would have ${shape.join(" × ")} values, and ${mostValues} are the most that one may have. Make the network narrower by its options.`,
      );
    }
    return apply.call(initializer, shape, dtype);
  };
  return initializer;
}
