import { attributesOf } from "@em-stellar/kernels/backend";
import { backend_util, type MaxPoolAttrs, type MaxPoolGradAttrs, type TensorInfo, util } from "@tensorflow/tfjs-core";
import type { Shader } from "../compute.js";
import type { GpuKernel } from "../kernel.js";
import { threadForEach } from "./pointwise.js";
import { exactly, storage, widthOf } from "./wgsl.js";

type Windows = backend_util.Conv2DInfo;

/** Max pooling, in which a NaN stays one; tfjs's own kernel serves what is not float32. */
export const maxPool: GpuKernel = (compute, stock) => {
  const stockKernel = stock("MaxPool");
  return {
    kernelName: "MaxPool",
    kernelFunc(call) {
      const { x } = call.inputs as { x: TensorInfo };
      const windows = windowsOf(x, attributesOf<MaxPoolAttrs>(call.attrs));
      if (x.dtype !== "float32" || util.sizeFromShape(windows.outShape) === 0) return stockKernel(call);
      const y = compute.output(windows.outShape);
      compute.run(pool(windows), [x, y]);
      return y;
    },
  };
};

/** Its gradient: each dy goes to the first largest value of its window (tfjs's own gives it to the last). */
export const maxPoolGrad: GpuKernel = (compute) => ({
  kernelName: "MaxPoolGrad",
  kernelFunc({ inputs, attrs }) {
    const { dy, input } = inputs as Record<"dy" | "input", TensorInfo>;
    const windows = windowsOf(input, attributesOf<MaxPoolGradAttrs>(attrs));
    const dx = compute.output(input.shape);
    compute.run(sideBySide(windows) ? gradientByWindow(windows) : gradientByPixel(windows), [input, dy, dx]);
    return dx;
  },
});

function windowsOf(x: TensorInfo, { filterSize, strides, pad, dimRoundingMode }: MaxPoolAttrs): Windows {
  const shape = x.shape as [number, number, number, number];
  return backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
}

/** Whether no pixel is in two windows, and they begin at the first. */
function sideBySide({ strideHeight, strideWidth, filterHeight, filterWidth, padInfo }: Windows): boolean {
  return strideHeight === filterHeight && strideWidth === filterWidth && padInfo.top === 0 && padInfo.left === 0;
}

/** A shader with a thread for each vector of [batch, rows, columns, channels]; WGSL has its `image`, `row`, `column` and `vector`. */
function perVector(
  name: string,
  { batchSize, inChannels, inHeight, inWidth }: Windows,
  [rows, columns]: readonly [rows: number, columns: number],
  buffers: readonly [read: Record<string, string>, write: Record<string, string>],
  each: string,
): Shader {
  const width = widthOf(inChannels);
  const vectors = inChannels / width;
  return threadForEach(
    name,
    batchSize * rows * columns * vectors,
    width,
    `${storage(...buffers)}
${exactly}
fn larger(most: V, value: V) -> V { return select(most, value, ((value > most) & !isNaN(most)) | isNaN(value)); }

/** The place of a pixel of x, or of dx. */
fn at(image: u32, y: u32, x: u32, vector: u32) -> u32 {
  return ((image * ${inHeight}u + y) * ${inWidth}u + x) * ${vectors}u + vector;
}`,
    `let vector = i % ${vectors}u;
  let column = i / ${vectors}u % ${columns}u;
  let row = i / ${vectors * columns}u % ${rows}u;
  let image = i / ${vectors * columns * rows}u;
  ${each}`,
  );
}

/** WGSL: runs `each` for the pixels `y`, `x` of the window (`windowRow`, `windowColumn`) that lie in the image, in order. */
function overWindow(windows: Windows, each: string): string {
  const { inHeight, inWidth, filterHeight, filterWidth, strideHeight, strideWidth, padInfo } = windows;
  return `for (var r = 0u; r < ${filterHeight}u; r++) {
    let y = windowRow * ${strideHeight}u + r - ${padInfo.top}u; // what is above the image wraps round, to beyond it
    if (y >= ${inHeight}u) { continue; }
    for (var c = 0u; c < ${filterWidth}u; c++) {
      let x = windowColumn * ${strideWidth}u + c - ${padInfo.left}u;
      if (x >= ${inWidth}u) { continue; }
      ${each}
    }
  }`;
}

function pool(windows: Windows): Shader {
  const { outHeight, outWidth } = windows;
  return perVector(
    "max-pool",
    windows,
    [outHeight, outWidth],
    [{ source: "V" }, { result: "V" }],
    `let windowRow = row;
  let windowColumn = column;
  var most = V(0);
  var any = false;
  ${overWindow(
    windows,
    `let value = source[at(image, y, x, vector)];
      most = select(value, larger(most, value), any);
      any = true;`,
  )}
  result[i] = most;`,
  );
}

/** One thread writes all pixels of a window, one by one so that they stay in registers; those of an incomplete last one get nothing. */
function gradientByWindow(windows: Windows): Shader {
  const { inChannels, inHeight, inWidth, outHeight, outWidth, filterHeight, filterWidth } = windows;
  const vectors = inChannels / widthOf(inChannels);
  const cells = [Math.ceil(inHeight / filterHeight), Math.ceil(inWidth / filterWidth)] as const;
  const [whole, divided] = [
    cells[0] === outHeight && cells[1] === outWidth,
    inHeight % filterHeight === 0 && inWidth % filterWidth === 0,
  ];
  const taps = Array.from({ length: filterHeight * filterWidth }, (_, tap) => {
    const [y, x] = [`(y + ${Math.floor(tap / filterWidth)}u)`, `(x + ${tap % filterWidth}u)`];
    const inside = tap === 0 || divided ? undefined : `${y} < ${inHeight}u && ${x} < ${inWidth}u`;
    return { value: `value${tap}`, place: `at(image, ${y}, ${x}, vector)`, inside };
  });
  const guarded = (inside: string | undefined, code: string) => (inside ? `if (${inside}) { ${code} }` : code);
  const gradient = `dy[((image * ${outHeight}u + row) * ${outWidth}u + column) * ${vectors}u + vector]`;
  return perVector(
    "max-pool-gradient",
    windows,
    cells,
    [{ source: "V", dy: "V" }, { dx: "V" }],
    `let y = row * ${filterHeight}u;
  let x = column * ${filterWidth}u;
  ${taps
    .map(({ value, place, inside }) => `var ${value} = value0;\n  ${guarded(inside, `${value} = source[${place}];`)}`)
    .join("\n  ")
    .replace("= value0", "= V(0)")}
  var most = value0;
  ${taps.map(({ value }) => `most = larger(most, ${value});`).join("\n  ")}
  var rest = V(0);
  ${guarded(whole ? undefined : `row < ${outHeight}u && column < ${outWidth}u`, `rest = ${gradient};`)}
  ${taps
    .map(({ value, place, inside }) =>
      [
        guarded(inside, `dx[${place}] = select(V(0), rest, ${value} == most);`),
        `rest = select(rest, V(0), ${value} == most);`,
      ].join("\n  "),
    )
    .join("\n  ")}`,
  );
}

/** One thread gathers what a pixel gets of all windows that it is the first maximum of. */
function gradientByPixel(windows: Windows): Shader {
  const { inChannels, inHeight, inWidth, outHeight, outWidth } = windows;
  const { filterHeight, filterWidth, strideHeight, strideWidth, padInfo } = windows;
  const vectors = inChannels / widthOf(inChannels);
  /** The first window that reaches a place, and the one after the last. */
  const reach = (place: string, filter: number, stride: number, out: number) => [
    `select(0u, (${place} + ${stride}u - ${filter}u) / ${stride}u, ${place} >= ${filter}u)`,
    `min(${out}u, ${place} / ${stride}u + 1u)`,
  ];
  const [firstRow, endRow] = reach("down", filterHeight, strideHeight, outHeight);
  const [firstColumn, endColumn] = reach("across", filterWidth, strideWidth, outWidth);
  return perVector(
    "max-pool-gradient",
    windows,
    [inHeight, inWidth],
    [{ source: "V", dy: "V" }, { dx: "V" }],
    `let down = row + ${padInfo.top}u;
  let across = column + ${padInfo.left}u;
  let own = source[i];
  var sum = V(0);
  for (var windowRow = ${firstRow}; windowRow < ${endRow}; windowRow++) {
    for (var windowColumn = ${firstColumn}; windowColumn < ${endColumn}; windowColumn++) {
      var isFirst = B(true);
      ${overWindow(
        windows,
        `let value = source[at(image, y, x, vector)];
      let before = y < row || (y == row && x < column);
      isFirst = isFirst & select(value <= own, value < own, B(before));`,
      )}
      let gradient = dy[((image * ${outHeight}u + windowRow) * ${outWidth}u + windowColumn) * ${vectors}u + vector];
      sum += select(V(0), gradient, isFirst);
    }
  }
  dx[i] = sum;`,
  );
}
