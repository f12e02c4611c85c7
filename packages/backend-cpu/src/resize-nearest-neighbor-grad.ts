import { attributesOf } from "@em-stellar/kernels/backend";
import {
  type KernelBackend,
  type KernelConfig,
  type ResizeNearestNeighborAttrs,
  type TensorInfo,
  type TypedArray,
  util,
} from "@tensorflow/tfjs-core";

/** What tfjs-backend-cpu's class has beyond the base class. */
interface CpuBackend extends KernelBackend {
  makeTensorInfo(shape: readonly number[], dtype: string, values: TypedArray): TensorInfo;
}

/** The gradient of nearest-neighbour resizing: each dy is added to the pixel it was copied from. tfjs 4.22's kernel for cpu misses some of them. */
export const resizeNearestNeighborGrad: KernelConfig = {
  kernelName: "ResizeNearestNeighborGrad",
  backendName: "cpu",
  kernelFunc({ inputs, attrs, backend }) {
    const { images, dy } = inputs as { images: TensorInfo; dy: TensorInfo };
    // tfjs hands the forward kernel's attributes on, which its type for this kernel leaves half out.
    const sampling = attributesOf<Sampling>(attrs);
    const cpu = backend as CpuBackend;
    const [batch, height, width, channels] = images.shape as [number, number, number, number];
    const [, outHeight, outWidth] = dy.shape as [number, number, number, number];
    const rows = sources(height, outHeight, sampling);
    const columns = sources(width, outWidth, sampling);
    const gradient = cpu.readSync(dy.dataId) as TypedArray;
    const dx = new Float32Array(util.sizeFromShape(images.shape));
    let from = 0;
    for (let image = 0; image < batch; image++) {
      for (const row of rows) {
        for (const column of columns) {
          const to = ((image * height + row) * width + column) * channels;
          for (let channel = 0; channel < channels; channel++) {
            dx[to + channel] = (dx[to + channel] as number) + (gradient[from++] as number);
          }
        }
      }
    }
    return cpu.makeTensorInfo(images.shape, "float32", dx);
  },
};

type Sampling = Pick<ResizeNearestNeighborAttrs, "alignCorners" | "halfPixelCenters">;

/** Which input row (or column) each output row is a copy of, as in the forward kernel of tfjs-backend-cpu. */
function sources(size: number, outSize: number, { alignCorners, halfPixelCenters }: Sampling): number[] {
  const inset = alignCorners && outSize > 1 ? 1 : 0;
  const scale = (size - inset) / (outSize - inset);
  const nearest = alignCorners ? Math.round : Math.floor;
  return Array.from({ length: outSize }, (_, i) =>
    Math.max(0, Math.min(size - 1, nearest(scale * (halfPixelCenters ? i + 0.5 : i)))),
  );
}
