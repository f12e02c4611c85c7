import {
  add,
  cast,
  clone,
  concat,
  customGrad,
  engine,
  equal,
  getBackend,
  getKernel,
  maximum,
  type NamedTensorMap,
  reshape,
  scalar,
  slice,
  type Tensor,
  type Tensor4D,
  type TensorInfo,
  tidy,
  where,
  zerosLike,
} from "@tensorflow/tfjs-core";

/**
 * Name of the tfjs kernel that a backend may register for max pooling that also says where each maximum was.
 *
 * Input `{ x }`: float32 [batch, height, width, channels] with even height and width. No attributes. Windows are 2 × 2, side by
 * side. Outputs `[pooled, indices]`, both [batch, height / 2, width / 2, channels]: pooled, float32, has the largest value of
 * each window; indices, int32, its place: 0 top left, 1 top right, 2 bottom left, 3 bottom right. Of equal values the first in
 * this order wins (a window of zeros after a ReLU has index 0). Windows with NaN may give any of the four. It runs outside any
 * gradient tape; the gradient is {@link maxUnpoolKernel} of the gradient of `pooled`.
 */
export const maxPoolWithIndicesKernel = "EmStellarMaxPoolWithIndices";

/**
 * Name of the tfjs kernel that a backend may register to put values back to where maxima were.
 *
 * Inputs `{ x, indices }`: float32 [batch, height, width, channels] and int32 of the same shape, with 0 to 3 as of
 * {@link maxPoolWithIndicesKernel}. No attributes. Output: one new float32 tensor [batch, 2 · height, 2 · width, channels]:
 * each value of x at its place in its 2 × 2 window, 0 elsewhere. It runs outside any gradient tape.
 */
export const maxUnpoolKernel = "EmStellarMaxUnpool";

/**
 * Name of the tfjs kernel that a backend may register for the gradient of {@link maxUnpoolKernel}.
 *
 * Inputs `{ dy, indices }`: float32 [batch, 2 · height, 2 · width, channels] and int32 [batch, height, width, channels]. No
 * attributes. Output: one new float32 tensor of the shape of indices: of each 2 × 2 window of dy, the value at the index.
 */
export const maxUnpoolGradKernel = "EmStellarMaxUnpoolGrad";

/** Input of {@link maxPoolWithIndicesKernel}, as tfjs hands it over. */
export type MaxPoolWithIndicesInputs = Readonly<Record<"x", TensorInfo>>;

/** Inputs of {@link maxUnpoolKernel}. */
export type MaxUnpoolInputs = Readonly<Record<"x" | "indices", TensorInfo>>;

/** Inputs of {@link maxUnpoolGradKernel}. */
export type MaxUnpoolGradInputs = Readonly<Record<"dy" | "indices", TensorInfo>>;

/** Largest values of the 2 × 2 windows of [batch, height, width, channels], and which of the four each was. Even sides; gradients flow through `pooled`. */
export function maxPoolWithIndices(x: Tensor4D): { pooled: Tensor4D; indices: Tensor4D } {
  const [values, indices] = pool(x);
  // A node of the gradient tape from x to pooled alone: whoever uses indices is not differentiated by them.
  const pooled = customGrad((...args) => {
    const save = args[1] as unknown as Save; // tfjs types it as one of the inputs
    save([indices]);
    return { value: clone(values), gradFunc: (dy: Tensor, saved: Tensor[]) => put(dy, saved[0] as Tensor) };
  });
  return { pooled: pooled(x) as Tensor4D, indices };
}

/** Puts each value of `x` [batch, height, width, channels] to the place in its 2 × 2 window that `indices` names, zeros elsewhere; twice as high and wide. */
export function maxUnpool(x: Tensor4D, indices: Tensor4D): Tensor4D {
  const places = cast(indices, "int32"); // between the layers of a model, tfjs-layers makes float32 of everything
  const unpooled = customGrad((...args) => {
    const [values, save] = args as unknown as [Tensor, Save]; // as above
    save([places]);
    return { value: put(values, places), gradFunc: (dy: Tensor, saved: Tensor[]) => take(dy, saved[0] as Tensor) };
  });
  return unpooled(x) as Tensor4D;
}

type Save = (tensors: Tensor[]) => void;

const corners = [0, 1, 2, 3] as const;

function pool(x: Tensor4D): [Tensor, Tensor4D] {
  if (getKernel(maxPoolWithIndicesKernel, getBackend())) {
    const inputs: NamedTensorMap = { x };
    // runKernel's type is one tensor; a kernel of two outputs gives a list.
    return engine().runKernel(maxPoolWithIndicesKernel, inputs) as unknown as [Tensor, Tensor4D];
  }
  const indices = withoutTape(x, () => {
    const phases = corners.map((corner) => phaseOf(x, corner)) as [Tensor, Tensor, Tensor, Tensor];
    const [first, second, third] = phases;
    const largest = phases.reduce((most, phase) => maximum(most, phase));
    const [zero, one, two, three] = corners.map((corner) => scalar(corner, "int32")) as [
      Tensor,
      Tensor,
      Tensor,
      Tensor,
    ];
    const ofLowerRow = where(equal(third, largest), two, three);
    return where(equal(first, largest), zero, where(equal(second, largest), one, ofLowerRow));
  }) as Tensor4D;
  return [withoutTape(x, () => take(x, indices)), indices];
}

function put(x: Tensor, indices: Tensor): Tensor {
  if (getKernel(maxUnpoolKernel, getBackend())) {
    const inputs: NamedTensorMap = { x, indices };
    return engine().runKernel(maxUnpoolKernel, inputs);
  }
  return tidy(() => {
    const [batch, height, width, channels] = x.shape as [number, number, number, number];
    const zero = scalar(0);
    const phases = corners.map((corner) =>
      reshape(where(equal(indices, scalar(corner, "int32")), x, zero), [batch * height, 1, width, channels]),
    ) as [Tensor4D, Tensor4D, Tensor4D, Tensor4D];
    const [topLeft, topRight, bottomLeft, bottomRight] = phases;
    // In memory, two columns side by side are twice the channels, and two rows follow each other.
    const rows = concat([concat([topLeft, topRight], 3), concat([bottomLeft, bottomRight], 3)], 1);
    return reshape(rows, [batch, 2 * height, 2 * width, channels]);
  });
}

function take(dy: Tensor, indices: Tensor): Tensor {
  if (getKernel(maxUnpoolGradKernel, getBackend())) {
    const inputs: NamedTensorMap = { dy, indices };
    return engine().runKernel(maxUnpoolGradKernel, inputs);
  }
  return tidy(() => {
    const zero = scalar(0);
    const parts = corners.map((corner) => where(equal(indices, scalar(corner, "int32")), phaseOf(dy, corner), zero));
    return parts.reduce((sum, part) => add(sum, part));
  });
}

/** One corner of all 2 × 2 windows: half as high and wide. */
function phaseOf(x: Tensor, corner: (typeof corners)[number]): Tensor {
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const windows = reshape(x, [(batch * height) / 2, 2, width / 2, 2 * channels]);
  const phase = slice(windows, [0, corner >> 1, 0, (corner & 1) * channels], [-1, 1, -1, channels]);
  return reshape(phase, [batch, height / 2, width / 2, channels]);
}

/** Runs operations on `x` that no gradient has to go through, so that the tape keeps nothing of them. */
function withoutTape(x: Tensor, operations: () => Tensor): Tensor {
  return customGrad(() => ({ value: operations(), gradFunc: () => zerosLike(x) }))(x);
}
