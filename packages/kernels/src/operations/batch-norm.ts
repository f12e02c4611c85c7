import { engine, type GradConfig, type Tensor, zerosLike } from "@tensorflow/tfjs-core";

/** What follows a batch normalization in the same kernel, and what its slopes are called among the kernel's inputs. */
export const slopesOf = { linear: [], relu: [], prelu: ["below"], tlu: ["below", "above"] } as const;

export type Activation = keyof typeof slopesOf;

export const activations: readonly Activation[] = ["linear", "relu", "prelu", "tlu"];

/**
 * Name of the kernel of batch normalization in training with an activation behind it. Inputs `{ x, gamma, beta }`: x
 * [..., channels], gamma and beta [channels]; with a PReLU `below`, one slope or one for each channel; with a TLU `below`
 * and `above`, one for each channel. Attributes: epsilon. Beside these a backend may use the inputs `movingMean` and
 * `movingVariance`, [channels] each, with the attribute momentum.
 *
 * Outputs: y like x; the mean and the (biased) variance over all axes but the last, [channels] each; and what the gradient of
 * the same backend needs of them, such as what the mean loses in single precision and the inverse of the deviation. Where it
 * uses the moving averages, then the new ones as well; else a kernel of its own moves them.
 */
export function batchNormName(activation: Activation): string {
  return `EmStellarBatchNorm${nameOf[activation]}`;
}

/** Of its gradient: inputs `{ dy, x, gamma, beta, mean, statistics }` and the slopes; outputs one for each of x, gamma, beta and the slopes. */
export function batchNormGradName(activation: Activation): string {
  return `${batchNormName(activation)}Grad`;
}

const nameOf: Record<Activation, string> = { linear: "", relu: "Relu", prelu: "Prelu", tlu: "Tlu" };

/** The statistics feed the moving averages only, so no gradient flows through them. */
export function batchNormGradient(activation: Activation): GradConfig {
  const inputs = ["x", "gamma", "beta", ...slopesOf[activation]];
  return {
    kernelName: batchNormName(activation),
    inputsToSave: inputs,
    outputsToSave: [false, true, false, true],
    gradFunc(dys, saved) {
      const [dy] = dys as Tensor[];
      const named = Object.fromEntries([...inputs, "mean", "statistics"].map((name, i) => [name, saved[i] as Tensor]));
      // Run here and not in the functions below: each of those runs in a scope of its own, which would dispose of its siblings.
      const gradients: Tensor[] = engine().runKernel(batchNormGradName(activation), { dy: dy as Tensor, ...named });
      // The averages are variables too, which whoever names no variables differentiates by.
      const ofAverage = () => zerosLike(named.mean as Tensor);
      return {
        ...Object.fromEntries(inputs.map((name, i) => [name, () => gradients[i] as Tensor])),
        ...{ movingMean: ofAverage, movingVariance: ofAverage },
      };
    },
  };
}
