import { attributesOf } from "@em-stellar/kernels/backend";
import type { ResizeNearestNeighborAttrs, TensorInfo } from "@tensorflow/tfjs-core";
import type { CompiledKernel } from "../kernel.js";

/** Enlarging images by whole factors; tfjs's own kernel serves other sizes. */
export const resizeNearestNeighbor: CompiledKernel = (heap, compiled, stock) => {
  const stockKernel = stock("ResizeNearestNeighbor");
  return {
    kernelName: "ResizeNearestNeighbor",
    kernelFunc(call) {
      const { images } = call.inputs as { images: TensorInfo };
      const attrs = attributesOf<ResizeNearestNeighborAttrs>(call.attrs);
      const sizes = enlargement(images.shape, attrs.size, attrs);
      if (!sizes || images.dtype !== "float32") return stockKernel(call);
      const [batch, , , channels] = images.shape as [number, number, number, number];
      const out = heap.allocate([batch, ...attrs.size, channels]);
      compiled.jobs.enlarge({ x: heap.address(images), y: heap.address(out), ...sizes });
      return out;
    },
  };
};

/** Its gradient: each pixel gets the sum of those made of it. */
export const resizeNearestNeighborGrad: CompiledKernel = (heap, compiled, stock) => {
  const stockKernel = stock("ResizeNearestNeighborGrad");
  return {
    kernelName: "ResizeNearestNeighborGrad",
    kernelFunc(call) {
      const { images, dy } = call.inputs as { images: TensorInfo; dy: TensorInfo };
      // tfjs hands the forward kernel's attributes on, which its type for this kernel leaves half out.
      const attrs = attributesOf<ResizeNearestNeighborAttrs>(call.attrs);
      const sizes = enlargement(images.shape, dy.shape.slice(1, 3) as [number, number], attrs);
      if (!sizes) return stockKernel(call);
      const dx = heap.allocate(images.shape);
      compiled.jobs.enlargeGrad({ dy: heap.address(dy), dx: heap.address(dx), ...sizes });
      return dx;
    },
  };
};

/** Rows, width, channels and both factors, as assembly/resize.ts takes them; undefined where a factor is not whole. */
function enlargement(
  shape: readonly number[],
  [outHeight, outWidth]: readonly [number, number],
  { alignCorners, halfPixelCenters }: Pick<ResizeNearestNeighborAttrs, "alignCorners" | "halfPixelCenters">,
): Record<"rows" | "width" | "channels" | "down" | "across", number> | undefined {
  const [batch, height, width, channels] = shape as [number, number, number, number];
  const [down, across] = [outHeight / height, outWidth / width];
  const whole = Number.isInteger(down) && Number.isInteger(across) && down > 0 && across > 0;
  if (!whole || alignCorners || halfPixelCenters) return undefined;
  return { rows: batch * height, width, channels, down, across };
}
