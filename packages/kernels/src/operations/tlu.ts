import {
  add,
  customGrad,
  engine,
  getBackend,
  getKernel,
  mul,
  type NamedTensorMap,
  neg,
  relu,
  step,
  sub,
  sum,
  type Tensor,
  type Tensor1D,
  type TensorInfo,
  tidy,
} from "@tensorflow/tfjs-core";

/**
 * Name of the tfjs kernel that a backend may register to compute a trainable linear unit in one pass.
 *
 * Inputs `{ x, alpha, beta }`, all float32: x of any rank from 1 on with channels last, [..., C], of any size (0 included);
 * alpha and beta [C]. No attributes. Output: one new float32 tensor y of x's shape; the inputs stay as they are. For each
 * element of channel c:
 *
 *     y = beta[c] · max(0, x) − alpha[c] · max(0, −x)
 *
 * that is beta·x above 0, alpha·x below 0, and 0 at 0 and −0. Where alpha is 0 and beta is 1, every finite x gives the very
 * bits of ReLU: below 0 the result is +0, never −0 (which `alpha * x` would give). NaN stays NaN.
 */
export const tluKernel = "EmStellarTlu";

/**
 * Name of the tfjs kernel that a backend may register for the gradient of {@link tluKernel}; it is looked up by itself, and
 * runs outside any gradient tape.
 *
 * Inputs `{ dy, x, alpha, beta }`, all float32: dy of x's shape, the others as for the unit itself. No attributes. Outputs
 * `[dx, dalpha, dbeta]`: three new float32 tensors, dx of x's shape, dalpha and dbeta [C]. With the sums over all elements of
 * channel c, which should be kept in double precision or in parts (they run over a whole batch of images):
 *
 *     dx        = dy · (x > 0 ? beta[c] : x < 0 ? alpha[c] : 0)
 *     dalpha[c] = Σ dy · min(0, x)
 *     dbeta[c]  = Σ dy · max(0, x)
 *
 * At x = 0 dx is 0 whatever alpha and beta are, as for ReLU. NaN in x or dy reaches dalpha and dbeta.
 */
export const tluGradKernel = "EmStellarTluGrad";

/** Inputs of {@link tluKernel}, as tfjs hands them over. */
export type TluInputs = Readonly<Record<"x" | "alpha" | "beta", TensorInfo>>;

/** Inputs of {@link tluGradKernel}. */
export type TluGradInputs = Readonly<Record<"dy" | "x" | "alpha" | "beta", TensorInfo>>;

/**
 * The trainable linear unit: beta · x above 0, alpha · x below, with one alpha and one beta for each channel. `x` is
 * [..., channels], `alpha` and `beta` are [channels]. Gradients flow to all three; at x = 0 the gradient to x is 0.
 */
export function trainableLinearUnit<T extends Tensor>(x: T, alpha: Tensor1D, beta: Tensor1D): T {
  const unit = customGrad((...args) => {
    // tfjs types neither the inputs nor the function that saves them for the gradient.
    const [input, below, above, save] = args as unknown as [Tensor, Tensor, Tensor, (tensors: Tensor[]) => void];
    save([input, below, above]);
    const gradFunc = (dy: Tensor, saved: Tensor[]) => gradient(dy, ...(saved as [Tensor, Tensor, Tensor]));
    return { value: value(input, below, above), gradFunc };
  });
  return unit(x, alpha, beta) as T; // of x's shape
}

function value(x: Tensor, alpha: Tensor, beta: Tensor): Tensor {
  if (getKernel(tluKernel, getBackend())) {
    const inputs: NamedTensorMap = { x, alpha, beta };
    return engine().runKernel(tluKernel, inputs);
  }
  return sub(mul(relu(x), beta), mul(relu(neg(x)), alpha));
}

function gradient(dy: Tensor, x: Tensor, alpha: Tensor, beta: Tensor): Tensor[] {
  if (getKernel(tluGradKernel, getBackend())) {
    const inputs: NamedTensorMap = { dy, x, alpha, beta };
    return engine().runKernel(tluGradKernel, inputs);
  }
  const axes = x.shape.map((_, axis) => axis).slice(0, -1);
  // A scope of its own: tfjs would keep what is made in between until the gradients of all layers are there.
  return tidy(() => {
    const opposite = neg(x);
    return [
      mul(dy, add(mul(step(x), beta), mul(step(opposite), alpha))),
      neg(sum(mul(dy, relu(opposite)), axes)),
      sum(mul(dy, relu(x)), axes),
    ];
  });
}
