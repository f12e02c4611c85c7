import { attributesOf } from "@em-stellar/kernels/backend";
import type { ResizeNearestNeighborAttrs, TensorInfo } from "@tensorflow/tfjs-core";
import type { Kernel } from "../kernel.js";

/** The gradient of doubling an image: each pixel gets the sum of the four made of it. tfjs's own kernel serves the other factors. */
export const resizeNearestNeighborGrad: Kernel = (heap, stock) => {
  const stockKernel = stock("ResizeNearestNeighborGrad");
  return {
    kernelName: "ResizeNearestNeighborGrad",
    kernelFunc(call) {
      const { images, dy } = call.inputs as { images: TensorInfo; dy: TensorInfo };
      const { alignCorners, halfPixelCenters } = attributesOf<ResizeNearestNeighborAttrs>(call.attrs);
      const [batch, height, width, channels] = images.shape as [number, number, number, number];
      const doubled = dy.shape[1] === 2 * height && dy.shape[2] === 2 * width;
      if (!doubled || alignCorners || halfPixelCenters) return stockKernel(call);
      const dx = heap.allocate(images.shape);
      sumOfFour(heap.floats(dy), heap.floats(dx), batch * height, width, channels);
      return dx;
    },
  };
};

function sumOfFour(dy: Float32Array, dx: Float32Array, rows: number, width: number, channels: number): void {
  const rowBelow = 2 * width * channels;
  let to = 0;
  let from = 0;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < width; column++) {
      for (let channel = 0; channel < channels; channel++) {
        const above = (dy[from] as number) + (dy[from + channels] as number);
        const below = (dy[from + rowBelow] as number) + (dy[from + rowBelow + channels] as number);
        dx[to++] = above + below;
        from++;
      }
      from += channels;
    }
    from += rowBelow;
  }
}
