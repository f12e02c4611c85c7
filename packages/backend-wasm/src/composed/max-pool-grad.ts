import { attributesOf } from "@em-stellar/kernels/backend";
import { backend_util, type MaxPoolGradAttrs, type TensorInfo } from "@tensorflow/tfjs-core";
import type { Kernel } from "../kernel.js";

/**
 * The gradient of max pooling: each dy goes to the first largest value of its window. tfjs 4.22's kernel looks for the
 * maximum from the smallest positive number on, and so loses the gradient of windows without a positive value.
 */
export const maxPoolGrad: Kernel = (heap) => ({
  kernelName: "MaxPoolGrad",
  kernelFunc({ inputs, attrs }) {
    const { dy, input } = inputs as { dy: TensorInfo; input: TensorInfo };
    const { filterSize, strides, pad, dimRoundingMode } = attributesOf<MaxPoolGradAttrs>(attrs);
    const shape = input.shape as [number, number, number, number];
    const info = backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
    const dx = heap.allocate(shape);
    const values = [heap.floats(input), heap.floats(dy), heap.floats(dx)] as const;
    if (isHalving(info)) routeInSquares(...values, info);
    else route(...values, info);
    return dx;
  },
});

/** 2×2 windows side by side that cover the image. */
function isHalving(info: backend_util.Conv2DInfo): boolean {
  const { filterHeight, filterWidth, strideHeight, strideWidth, inHeight, inWidth, outHeight, outWidth } = info;
  const squares = filterHeight === 2 && filterWidth === 2 && strideHeight === 2 && strideWidth === 2;
  return squares && inHeight === 2 * outHeight && inWidth === 2 * outWidth;
}

function routeInSquares(x: Float32Array, dy: Float32Array, dx: Float32Array, info: backend_util.Conv2DInfo): void {
  const { batchSize, inWidth, outHeight, outWidth, inChannels: channels } = info;
  const rowBelow = inWidth * channels;
  let a = 0;
  let output = 0;
  for (let row = 0; row < batchSize * outHeight; row++) {
    for (let column = 0; column < outWidth; column++) {
      for (let channel = 0; channel < channels; channel++) {
        const b = a + channels;
        const c = a + rowBelow;
        const d = c + channels;
        const [va, vb, vc, vd] = [x[a] as number, x[b] as number, x[c] as number, x[d] as number];
        const gradient = dy[output++] as number;
        // In this order, so that the first of equal values wins.
        const first = vb > va ? b : a;
        const second = vd > vc ? d : c;
        const largest = Math.max(vc, vd) > Math.max(va, vb) ? second : first;
        dx[a] = 0;
        dx[b] = 0;
        dx[c] = 0;
        dx[d] = 0;
        dx[largest] = gradient;
        a++;
      }
      a += channels;
    }
    a += rowBelow;
  }
}

function route(x: Float32Array, dy: Float32Array, dx: Float32Array, info: backend_util.Conv2DInfo): void {
  const { batchSize, inHeight, inWidth, outHeight, outWidth, inChannels: channels } = info;
  const { filterHeight, filterWidth, strideHeight, strideWidth, padInfo } = info;
  dx.fill(0);
  let output = 0;
  for (let image = 0; image < batchSize; image++) {
    const start = image * inHeight * inWidth * channels;
    for (let outRow = 0; outRow < outHeight; outRow++) {
      const top = Math.max(0, outRow * strideHeight - padInfo.top);
      const bottom = Math.min(inHeight, outRow * strideHeight - padInfo.top + filterHeight);
      for (let outColumn = 0; outColumn < outWidth; outColumn++) {
        const left = Math.max(0, outColumn * strideWidth - padInfo.left);
        const right = Math.min(inWidth, outColumn * strideWidth - padInfo.left + filterWidth);
        const first = start + (top * inWidth + left) * channels;
        for (let channel = 0; channel < channels; channel++) {
          let at = first + channel;
          let largest = x[at] as number;
          for (let row = top; row < bottom; row++) {
            let pixel = start + (row * inWidth + left) * channels + channel;
            for (let column = left; column < right; column++) {
              const value = x[pixel] as number;
              if (value > largest) {
                largest = value;
                at = pixel;
              }
              pixel += channels;
            }
          }
          dx[at] = (dx[at] as number) + (dy[output++] as number);
        }
      }
    }
  }
}
