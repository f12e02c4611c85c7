import type { CountsOperations, OperationCount, ReceptiveField, TellsReceptiveField } from "@em-stellar/core/training";
import { add, type serialization, type Tensor, type Tensor4D, tensor4d, tidy } from "@tensorflow/tfjs-core";
import { initializers, type LayerVariable, layers, type Shape } from "@tensorflow/tfjs-layers";
import {
  type DeconvolutionShape,
  deconvolutionProblem,
  deconvolutionWindow,
  dilatedDeconvolution,
} from "./deconvolution.js";

/** What a deconvolution layer is made of. */
export interface DilatedDeconvolutionConfig extends DeconvolutionShape {
  readonly name?: string;
  readonly filters: number;
  /** `"bilinear"`: every channel is enlarged by linear interpolation and added up; else the standard deviation of a normal distribution, 0 for zeros. */
  readonly kernelStart: "bilinear" | number;
  /** Of the normal distribution. */
  readonly seed?: number;
}

/**
 * The layer of a transposed convolution with a dilated kernel, which enlarges an image `scale` times: weights `kernel`
 * [size, size, filters, channels] and `bias` [filters].
 */
export class DilatedDeconvolution extends layers.Layer implements CountsOperations, TellsReceptiveField {
  static readonly className = "EmStellarDilatedDeconvolution";
  readonly #config: DilatedDeconvolutionConfig;
  #kernel: LayerVariable | undefined;
  #bias: LayerVariable | undefined;

  constructor(config: DilatedDeconvolutionConfig) {
    super(config);
    const problem = deconvolutionProblem(config);
    if (problem) throw new RangeError(problem);
    this.#config = config;
  }

  override build(inputShape: Shape): void {
    const { size, filters, kernelStart, seed } = this.#config;
    const channels = inputShape.at(-1) as number;
    const drawn = kernelStart !== "bilinear" && kernelStart > 0;
    const start = drawn
      ? initializers.randomNormal({ mean: 0, stddev: kernelStart, ...(seed === undefined ? {} : { seed }) })
      : initializers.zeros();
    this.#kernel = this.addWeight("kernel", [size, size, filters, channels], "float32", start);
    const kernel = this.#kernel;
    if (kernelStart === "bilinear") {
      tidy(() => {
        kernel.write(bilinear(size, filters, channels));
      });
    }
    this.#bias = this.addWeight("bias", [filters], "float32", initializers.zeros());
    super.build(inputShape);
  }

  override computeOutputShape(inputShape: Shape): Shape {
    const [batch, height, width] = inputShape as [number | null, number | null, number | null];
    const { scale, filters } = this.#config;
    const enlarged = (side: number | null) => (side === null ? null : side * scale);
    return [batch, enlarged(height), enlarged(width), filters];
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    const x = (Array.isArray(inputs) ? inputs[0] : inputs) as Tensor4D;
    return tidy(() => {
      // tfjs calls build, which makes both weights, before call.
      const [kernel, bias] = [this.#kernel, this.#bias].map((weight) => (weight as LayerVariable).read());
      return add(dilatedDeconvolution(x, kernel as Tensor4D, this.#config), bias as Tensor);
    });
  }

  override getConfig(): serialization.ConfigDict {
    const { size, scale, dilation, filters, kernelStart, seed } = this.#config;
    const own = { size, scale, dilation, filters, kernelStart, ...(seed === undefined ? {} : { seed }) };
    return { ...super.getConfig(), ...own };
  }

  receptiveField(): ReceptiveField {
    const window = deconvolutionWindow(this.#config);
    return { rows: window, columns: window };
  }

  /** Every tap of every pixel that comes in, and the bias. */
  countOperations(inputs: readonly Shape[], output: Shape): OperationCount {
    const { size, filters } = this.#config;
    const values = (shape: Shape) => (shape.slice(1) as number[]).reduce((product, side) => product * side, 1);
    return { macs: values(inputs[0] as Shape) * size * size * filters, other: values(output) };
  }
}

/** Linear interpolation in both directions, from every channel to every filter. */
function bilinear(size: number, filters: number, channels: number): Tensor {
  const half = Math.ceil(size / 2);
  const centre = (2 * half - 1 - (half % 2)) / (2 * half);
  const weight = (tap: number) => 1 - Math.abs(tap / half - centre);
  const values = new Float32Array(size * size * filters * channels);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const start = (row * size + column) * filters * channels;
      values.fill(weight(row) * weight(column), start, start + filters * channels);
    }
  }
  return tensor4d(values, [size, size, filters, channels]);
}
