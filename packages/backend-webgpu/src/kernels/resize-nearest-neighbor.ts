import { attributesOf } from "@em-stellar/kernels/backend";
import { type ResizeNearestNeighborAttrs, type TensorInfo, util } from "@tensorflow/tfjs-core";
import type { GpuKernel } from "../kernel.js";
import { threadForEach } from "./pointwise.js";
import { storage, type Width, widthOf } from "./wgsl.js";

/** Enlarging images by whole factors; tfjs's own kernel serves other sizes. */
export const resizeNearestNeighbor: GpuKernel = (compute, stock) => {
  const stockKernel = stock("ResizeNearestNeighbor");
  return {
    kernelName: "ResizeNearestNeighbor",
    kernelFunc(call) {
      const { images } = call.inputs as { images: TensorInfo };
      const attrs = attributesOf<ResizeNearestNeighborAttrs>(call.attrs);
      const sizes = enlargement(images.shape, attrs.size, attrs);
      if (!sizes || images.dtype !== "float32") return stockKernel(call);
      const { rows, columns, vectors, width, down, across } = sizes;
      const large = compute.output([images.shape[0] as number, ...attrs.size, images.shape[3] as number]);
      const shader = threadForEach(
        "enlarge",
        rows * down * columns * across * vectors,
        width,
        storage({ small: "V" }, { large: "V" }),
        `let row = i / ${columns * across * vectors * down}u;
  let column = i / ${vectors * across}u % ${columns}u;
  large[i] = small[(row * ${columns}u + column) * ${vectors}u + i % ${vectors}u];`,
      );
      compute.run(shader, [images, large]);
      return large;
    },
  };
};

/** Its gradient: each pixel gets the sum of those made of it. */
export const resizeNearestNeighborGrad: GpuKernel = (compute, stock) => {
  const stockKernel = stock("ResizeNearestNeighborGrad");
  return {
    kernelName: "ResizeNearestNeighborGrad",
    kernelFunc(call) {
      const { images, dy } = call.inputs as { images: TensorInfo; dy: TensorInfo };
      // tfjs hands the forward kernel's attributes on, which its type for this kernel leaves half out.
      const attrs = attributesOf<ResizeNearestNeighborAttrs>(call.attrs);
      const sizes = enlargement(images.shape, dy.shape.slice(1, 3) as [number, number], attrs);
      if (!sizes) return stockKernel(call);
      const { rows, columns, vectors, width, down, across } = sizes;
      const line = columns * across * vectors;
      const dx = compute.output(images.shape);
      const shader = threadForEach(
        "enlarge-gradient",
        rows * columns * vectors,
        width,
        storage({ large: "V" }, { small: "V" }),
        `let row = i / ${columns * vectors}u;
  let column = i / ${vectors}u % ${columns}u;
  let first = row * ${down * line}u + column * ${across * vectors}u + i % ${vectors}u;
  var sum = V(0);
  for (var r = 0u; r < ${down}u; r++) {
    for (var c = 0u; c < ${across}u; c++) { sum += large[first + r * ${line}u + c * ${vectors}u]; }
  }
  small[i] = sum;`,
      );
      compute.run(shader, [dy, dx]);
      return dx;
    },
  };
};

interface Enlargement {
  /** Of all small images together. */
  readonly rows: number;
  readonly columns: number;
  readonly vectors: number;
  readonly width: Width;
  readonly down: number;
  readonly across: number;
}

/** Undefined where a factor is not whole. */
function enlargement(
  shape: readonly number[],
  [outHeight, outWidth]: readonly [number, number],
  { alignCorners, halfPixelCenters }: Pick<ResizeNearestNeighborAttrs, "alignCorners" | "halfPixelCenters">,
): Enlargement | undefined {
  const [batch, height, columns, channels] = shape as [number, number, number, number];
  const [down, across] = [outHeight / height, outWidth / columns];
  const whole = Number.isInteger(down) && Number.isInteger(across) && down > 0 && across > 0;
  if (!whole || alignCorners || halfPixelCenters || util.sizeFromShape([...shape]) === 0) return undefined;
  const width = widthOf(channels);
  return { rows: batch * height, columns, vectors: channels / width, width, down, across };
}
