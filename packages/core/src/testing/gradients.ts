import {
  abs,
  mul,
  randomNormal,
  stack,
  sum,
  type Tensor,
  type Tensor1D,
  tidy,
  variableGrads,
  zeros,
} from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import { randomImages, variablesOf } from "./batch.js";
import { biasesTakenAway } from "./biases-taken-away.js";
import { buildModel, fault, listed, type Subject, weightName } from "./subject.js";

/** Training can move every trainable weight, but for a bias that normalisation takes away again. */
export async function checkGradients(subject: Subject): Promise<void> {
  const { side, options } = subject;
  let unmoved: string[] = [];
  for (const [i, seed] of options.seeds.entries()) {
    const model = buildModel(subject, [side, side, 1], seed);
    const names = model.trainableWeights.map(weightName);
    const exempt = biasesTakenAway(model);
    let sizes: ArrayLike<number>;
    const gradients = gradientSizes(model, side);
    try {
      sizes = await gradients.data();
    } finally {
      gradients.dispose();
      model.dispose();
    }
    const broken = names.filter((_, at) => !Number.isFinite(sizes[at]));
    if (broken.length > 0) {
      throw fault(
        subject,
        `gives ${listed(broken)} a gradient that is not a finite number (seed ${seed}). Look for a logarithm, a root or a quotient of 0 on the way from there to the output, and keep it away from 0.`,
      );
    }
    const still = names.filter((name, at) => sizes[at] === 0 && !exempt.has(name));
    unmoved = i === 0 ? still : unmoved.filter((name) => still.includes(name));
    if (unmoved.length === 0) return;
  }
  throw fault(
    subject,
    `gives no gradient to ${listed(unmoved)}, from none of the seeds ${options.seeds.join(", ")}: training cannot change it. Connect it to the output by operations that have gradients, leave it out (useBias: false), or make it not trainable.`,
  );
}

/** For each trainable weight the sum of its gradient's magnitudes: not finite where one element is not. */
function gradientSizes(model: LayersModel, side: number): Tensor1D {
  return tidy(() => {
    const images = randomImages([2, side, side, 1]);
    const variables = variablesOf(model);
    const { grads } = variableGrads(() => {
      const prediction = model.apply(images, { training: true }) as Tensor; // one output
      return sum(mul(prediction, randomNormal(prediction.shape, 0, 1, "float32", 2))); // no two pixels count alike
    }, variables);
    // A weight that the output does not hang on at all has none.
    return stack(variables.map(({ name }) => (grads[name] ? sum(abs(grads[name])) : zeros([])))) as Tensor1D;
  });
}
