import { checks, numberWithin, oneOf, wholeNumber } from "@em-stellar/core";
import { applyLayer, glorotUniform, heNormal, type ImageShape } from "@em-stellar/core/training";
import { initializers, input, type LayersModel, layers, model, type SymbolicTensor } from "@tensorflow/tfjs-layers";

/** What the networks of this package share. */
export interface UShapeOptions {
  /** Filters of the first level; each step down doubles them. */
  baseFilters: number;
  /** Number of steps down; height and width must be multiples of 2^depth. */
  depth: number;
  /** Share of values dropped after the deepest level and after the one above it, in (0, 1); `null`: no dropout. */
  dropout: number | null;
  /**
   * `"faithful"`: the authors' head, a two-filter convolution with ReLU before the output. Both filters can die (a constant
   * prediction that no longer learns), or lock every pixel to object. `"stable"`: the same head without that one activation.
   */
  head: "faithful" | "stable";
}

export const uShapeDefaults: UShapeOptions = { baseFilters: 64, depth: 4, dropout: 0.5, head: "faithful" };

export const checkUShape = checks(
  wholeNumber("baseFilters", { min: 1, suchAs: "8 or 64" }),
  wholeNumber("depth", { min: 1, max: 8 }),
  numberWithin("dropout", { above: 0, below: 1, orNull: "none" }),
  oneOf("head", ["faithful", "stable"]),
);

/** What follows a convolution, as the networks differ in it. */
export interface ConvolutionStyle {
  /** Momentum of the batch normalisation between convolution and activation; `null`: no normalisation. */
  batchNormMomentum: number | null;
  /** `"relu"`, or a parametric ReLU with one learnt slope for each channel that starts at `preluInitial`. */
  activation: "relu" | { preluInitial: number };
}

/** The U of encoder and decoder: options, shape and seeds as in `Network.build`. Layers are named by their place, never by a counter. */
export function buildUShape(
  name: string,
  options: UShapeOptions,
  style: ConvolutionStyle,
  [height, width, channels]: ImageShape,
  seed: () => number,
): LayersModel {
  const { baseFilters, depth, dropout, head } = options;
  const { batchNormMomentum, activation } = style;

  const convolution = (x: SymbolicTensor, place: string, filters: number, kernelSize: number, activate = true) => {
    // Without normalisation the ReLU belongs to the convolution, as in the authors' U-net: one layer, one fused operation.
    const fused = activate && batchNormMomentum === null && activation === "relu";
    let y = applyLayer(
      layers.conv2d({
        name: place,
        filters,
        kernelSize,
        padding: "same",
        kernelInitializer: heNormal(seed),
        ...(fused ? { activation: "relu" } : {}),
      }),
      x,
    );
    if (batchNormMomentum !== null) {
      y = applyLayer(
        layers.batchNormalization({ name: `${place}-norm`, momentum: batchNormMomentum, epsilon: 1e-3 }),
        y,
      );
    }
    if (!activate || fused) return y;
    return applyLayer(
      activation === "relu"
        ? layers.activation({ name: `${place}-relu`, activation: "relu" })
        : layers.prelu({
            name: `${place}-prelu`,
            alphaInitializer: initializers.constant({ value: activation.preluInitial }),
            sharedAxes: [1, 2],
          }),
      y,
    );
  };
  const twoConvolutions = (x: SymbolicTensor, level: string, filters: number) =>
    convolution(convolution(x, `${level}-conv-1`, filters, 3), `${level}-conv-2`, filters, 3);
  const drop = (x: SymbolicTensor, level: string) =>
    dropout === null ? x : applyLayer(layers.dropout({ name: `${level}-dropout`, rate: dropout, seed: seed() }), x);

  const image = input({ name: "image", shape: [height, width, channels] });
  const skips: SymbolicTensor[] = [];
  let x: SymbolicTensor = image;
  for (let level = 1; level <= depth; level++) {
    x = twoConvolutions(x, `encoder-${level}`, baseFilters * 2 ** (level - 1));
    if (level === depth) x = drop(x, `encoder-${level}`);
    skips.push(x);
    x = applyLayer(layers.maxPooling2d({ name: `encoder-${level}-pool`, poolSize: 2, strides: 2 }), x);
  }
  x = drop(twoConvolutions(x, "bottleneck", baseFilters * 2 ** depth), "bottleneck");
  for (const [index, skip] of [...skips.entries()].reverse()) {
    const level = `decoder-${index + 1}`;
    const filters = baseFilters * 2 ** index;
    x = applyLayer(layers.upSampling2d({ name: `${level}-up`, size: [2, 2] }), x);
    x = convolution(x, `${level}-up-conv`, filters, 2);
    x = applyLayer(layers.concatenate({ name: `${level}-concat` }), [skip, x]);
    x = twoConvolutions(x, level, filters);
  }
  x = convolution(x, "head-conv", 2, 3, head === "faithful");
  const probability = applyLayer(
    layers.conv2d({
      name: "probability",
      filters: 1,
      kernelSize: 1,
      kernelInitializer: glorotUniform(seed),
      activation: "sigmoid",
    }),
    x,
  );
  return model({ name, inputs: image, outputs: probability });
}
