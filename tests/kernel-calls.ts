import * as tf from "@tensorflow/tfjs-core";

/** Records what is called of a backend's kernels, as {@link describeCall} tells them apart. */
export interface Recording {
  /** What `run` calls, gradients included. */
  during(run: () => void): ReadonlySet<string>;
  /** Puts the kernels themselves back. */
  end(): void;
}

export function recordKernels(backend: string): Recording {
  let calls = new Set<string>();
  const kernels = tf.getKernelsForBackend(backend);
  const put = (kernel: tf.KernelConfig) => {
    tf.unregisterKernel(kernel.kernelName, backend); // else tfjs warns of a kernel that is there already
    tf.registerKernel(kernel);
  };
  for (const kernel of kernels) {
    put({
      ...kernel,
      kernelFunc(call) {
        calls.add(describeCall(kernel.kernelName, call));
        return kernel.kernelFunc(call);
      },
    });
  }
  return {
    during(run) {
      calls = new Set();
      run();
      return calls;
    },
    end: () => kernels.forEach(put),
  };
}

type Call = Parameters<tf.KernelFunc>[0];
type Shape = readonly number[];

/** A kernel's name and what implementations may treat apart: windows and strides, axes, broadcasting, types. Never mere sizes. */
function describeCall(name: string, { inputs, attrs }: Call): string {
  const given = Object.values(inputs).filter((input) => input !== undefined && input !== null); // a list, for some
  const types = [...new Set(given.map(({ dtype }) => dtype))].join("/");
  const details = detailsOf(name, given, (attrs ?? {}) as Attributes);
  return [name, types === "float32" ? "" : types, details].filter((part) => part !== "").join(", ");
}

/** What is read of kernels' attributes, which tfjs leaves untyped. */
interface Attributes {
  readonly strides?: Shape | number;
  readonly pad?: unknown;
  readonly dilations?: Shape | number;
  readonly activation?: string;
  readonly filterShape?: Shape;
  readonly filterSize?: Shape | number;
  readonly axis?: Shape | number | null;
  readonly keepDims?: boolean;
  readonly alignCorners?: boolean;
  readonly halfPixelCenters?: boolean;
  readonly size?: Shape;
  readonly paddings?: readonly Shape[];
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
  readonly interpolation?: string;
  readonly fillMode?: string;
  readonly dtype?: string;
  readonly adaptive?: boolean;
}

function detailsOf(name: string, inputs: readonly tf.TensorInfo[], attrs: Attributes): string {
  const [first = [], second = []] = inputs.map(({ shape }): Shape => shape);
  const { strides, pad, dilations = 1, activation, axis, keepDims } = attrs;
  switch (name) {
    case "Conv2D":
    case "Conv2DBackpropInput":
    case "Conv2DBackpropFilter":
    case "FusedConv2D": {
      const filter = attrs.filterShape ?? second;
      const bias = name === "FusedConv2D" ? `, ${inputs.length} inputs, ${activation}` : "";
      return `filter ${filter[0]}×${filter[1]}, strides ${pair(strides)}, ${pad}, dilations ${pair(dilations)}${bias}`;
    }
    case "MaxPool":
    case "MaxPoolGrad":
      return `window ${pair(attrs.filterSize)}, strides ${pair(strides)}, ${pad}`;
    case "ResizeNearestNeighbor":
    case "ResizeNearestNeighborGrad": {
      const [small, large] = name.endsWith("Grad") ? smallFirst(first, second) : [first, [0, ...(attrs.size ?? [])]];
      const factors = [1, 2].map((side) => (large[side] as number) / (small[side] as number));
      return `${factors.join(" × ")}, ${attrs.alignCorners}, ${attrs.halfPixelCenters}`;
    }
    case "Concat":
    case "SplitV":
      return `axis ${(axis as number) - ((axis as number) < 0 ? 0 : first.length)}`;
    case "Sum":
    case "Mean": {
      const rank = first.length;
      const axes =
        axis === null || axis === undefined ? "all" : [axis].flat().map((each) => (each < 0 ? each : each - rank));
      return `axes ${axes}${keepDims ? ", kept" : ""}`;
    }
    case "PadV2":
      return `axes ${attrs.paddings?.flatMap((sides, each) => (sides.some((side) => side > 0) ? each : []))}`;
    case "BatchMatMul":
      return `${attrs.transposeA}, ${attrs.transposeB}`;
    case "Transform":
      return `${attrs.interpolation}, ${attrs.fillMode}`;
    case "Cast":
      return `to ${attrs.dtype}`;
    default:
      return inputs.length === 2 && !name.startsWith("EmStellar") ? broadcasting(first, second) : "";
  }
}

function pair(sides: Shape | number | undefined): Shape | undefined {
  return typeof sides === "number" ? [sides, sides] : sides;
}

function smallFirst(a: Shape, b: Shape): [Shape, Shape] {
  return (a[1] as number) < (b[1] as number) ? [a, b] : [b, a];
}

/** How two shapes lie over each other. */
function broadcasting(a: Shape, b: Shape): string {
  if (String(a) === String(b)) return "alike";
  const [large, small] = sizeOf(a) >= sizeOf(b) ? [a, b] : [b, a];
  const order = large === a ? "" : ", the larger one second";
  if (sizeOf(small) === 1) return `one value${order}`;
  if (sizeOf(small) === small.at(-1) && small.at(-1) === large.at(-1)) return `along the last axis${order}`;
  const padded = [...Array<number>(large.length - small.length).fill(1), ...small];
  return `axes ${padded.flatMap((side, axis) => (side === large[axis] && side > 1 ? axis - large.length : []))}${order}`;
}

function sizeOf(shape: Shape): number {
  return shape.reduce((product, side) => product * side, 1);
}
