import {
  customGrad,
  engine,
  getBackend,
  getKernel,
  mul,
  type NamedAttrMap,
  type NamedTensorMap,
  type Scalar,
  type Tensor,
  type Tensor4D,
  type TensorInfo,
} from "@tensorflow/tfjs-core";

/** Inputs of the kernel of a loss, as tfjs hands them over. */
export type LossInputs = Readonly<Record<"truth" | "prediction", TensorInfo>>;

/**
 * A loss with its gradient to the prediction by one kernel, where the current backend has it; else undefined. The kernel
 * takes `{ truth, prediction }`, float32 tensors of one shape, and gives the loss, a scalar, and the gradient, of that shape.
 */
export function lossByKernel(
  kernelName: string,
  attributes: object,
  truth: Tensor4D,
  prediction: Tensor4D,
): Scalar | undefined {
  const alike = truth.shape.join() === prediction.shape.join();
  const fits = alike && truth.dtype === "float32" && prediction.dtype === "float32";
  if (!fits || !getKernel(kernelName, getBackend())) return undefined;
  const loss = customGrad((x, save) => {
    const inputs: NamedTensorMap = { truth, prediction: x as Tensor }; // the one argument that follows
    const attrs: NamedAttrMap = { ...attributes };
    const [value, gradient] = engine().runKernel(kernelName, inputs, attrs) as unknown as [Tensor, Tensor];
    (save as (tensors: Tensor[]) => void)([gradient]); // declared as one more tensor
    return { value, gradFunc: (dy: Tensor, [saved]: Tensor[]) => mul(saved as Tensor, dy) };
  });
  return loss(prediction) as Scalar; // of the value's shape
}
