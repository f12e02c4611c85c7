import type { Loss } from "@em-stellar/core/training";
import { mul, type Scalar, sub, type Tensor4D } from "@tensorflow/tfjs-core";

/**
 * A loss to which pixels that the truth says nothing of add nothing, and of which they have no gradient: both maps are 0
 * there, background rightly found. `ignored` is 1 at these pixels; undefined where there are none.
 */
export function lossWithout(
  ignored: Tensor4D | undefined,
  loss: Pick<Loss, "compute">,
  truth: Tensor4D,
  prediction: Tensor4D,
): Scalar {
  if (!ignored) return loss.compute(truth, prediction);
  const counted = sub(1, ignored) as Tensor4D; // of the shape of what is subtracted
  return loss.compute(mul(truth, counted), mul(prediction, counted));
}
