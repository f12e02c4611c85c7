import { add, clipByValue, customGrad, equal, mul, type Tensor, type Tensor4D } from "@tensorflow/tfjs-core";

const epsilon = 1e-7;

/**
 * Probabilities held in [1e-7, 1 − 1e-7], so that their logarithms are finite; no gradient beyond, as in Keras.
 * NaN stays NaN, so that a training that has diverged is noticed.
 */
export function clipProbability(prediction: Tensor4D): Tensor4D {
  return clip(prediction) as Tensor4D; // customGrad forgets the rank
}

// clipByValue alone turns NaN into 1e-7 on wasm, and its stock gradient costs four slow comparisons.
const clip = (prediction: Tensor) =>
  customGrad((x, save) => {
    const p = x as Tensor; // the one argument that follows
    const clipped = clipByValue(p, epsilon, 1 - epsilon);
    (save as (tensors: Tensor[]) => void)([p, clipped]); // declared as one more tensor
    return {
      value: add(clipped, mul(p, 0)),
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const [before, after] = saved as [Tensor, Tensor]; // as saved above
        return mul(dy, equal(before, after));
      },
    };
  })(prediction);
