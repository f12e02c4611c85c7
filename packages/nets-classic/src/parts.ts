import { applyLayer, glorotUniform, heNormal, type Initializer, type Seeds } from "@em-stellar/core/training";
import { initializers, layers, type SymbolicTensor } from "@tensorflow/tfjs-layers";
import type { ClassicOptions } from "./options.js";

/** How the convolutions of a network are made. */
export interface Style extends Pick<ClassicOptions, "dropout" | "spatialDropout" | "batchNormMomentum"> {
  /** For the convolutions that name none of their own. */
  readonly initializer: (seed: Seeds) => Initializer;
  readonly batchNormEpsilon: number;
  /** Where the shifts of normalisations start. */
  readonly batchNormBeta: number;
  readonly seed: Seeds;
}

export interface Convolution {
  readonly filters: number;
  /** 3 × 3 where absent. */
  readonly kernelSize?: number | [height: number, width: number];
  readonly strides?: number;
  readonly padding?: "same" | "valid";
  /** Batch normalisation and ReLU where absent; `"fused-relu"` is a ReLU within the convolution, without normalisation. */
  readonly after?: "norm-relu" | "norm" | "fused-relu" | "sigmoid" | "nothing";
  readonly initializer?: Style["initializer"];
}

/** The parts that networks are put together from: layers named by their place, each with the next seed. */
export function partsOf(style: Style) {
  const normalize = (x: SymbolicTensor, place: string): SymbolicTensor => {
    const { batchNormMomentum: momentum, batchNormEpsilon: epsilon, batchNormBeta } = style;
    const shift = batchNormBeta === 0 ? {} : { betaInitializer: initializers.constant({ value: batchNormBeta }) };
    return applyLayer(layers.batchNormalization({ name: `${place}-norm`, momentum, epsilon, ...shift }), x);
  };
  const activate = (x: SymbolicTensor, place: string): SymbolicTensor =>
    applyLayer(layers.activation({ name: `${place}-relu`, activation: "relu" }), x);

  const convolution = (x: SymbolicTensor, place: string, { filters, ...options }: Convolution): SymbolicTensor => {
    const {
      kernelSize = 3,
      strides = 1,
      padding = "same",
      after = "norm-relu",
      initializer = style.initializer,
    } = options;
    const activation = after === "fused-relu" ? "relu" : after === "sigmoid" ? "sigmoid" : undefined;
    const y = applyLayer(
      layers.conv2d({
        name: place,
        filters,
        kernelSize,
        strides,
        padding,
        kernelInitializer: initializer(style.seed),
        ...(activation ? { activation } : {}),
      }),
      x,
    );
    if (after !== "norm" && after !== "norm-relu") return y;
    const normalized = normalize(y, place);
    return after === "norm" ? normalized : activate(normalized, place);
  };

  return {
    convolution,
    normalize,
    activate,
    concatenate: (parts: SymbolicTensor[], place: string): SymbolicTensor =>
      applyLayer(layers.concatenate({ name: `${place}-concat` }), parts),
    add: (parts: SymbolicTensor[], place: string): SymbolicTensor =>
      applyLayer(layers.add({ name: `${place}-add` }), parts),
    /** 2 × 2 where no size is given. */
    pool: (x: SymbolicTensor, place: string, poolSize = 2, padding: "same" | "valid" = "valid"): SymbolicTensor =>
      applyLayer(layers.maxPooling2d({ name: `${place}-pool`, poolSize, strides: 2, padding }), x),
    enlarge: (x: SymbolicTensor, place: string): SymbolicTensor =>
      applyLayer(layers.upSampling2d({ name: `${place}-up`, size: [2, 2] }), x),
    frame: (x: SymbolicTensor, place: string, zeros: number): SymbolicTensor => {
      const padding: [number, number] = [zeros, zeros];
      return applyLayer(layers.zeroPadding2d({ name: `${place}-pad`, padding: [padding, padding] }), x);
    },
    /** Dropout at the deepest level, if any. */
    drop: (x: SymbolicTensor): SymbolicTensor => {
      const { dropout, spatialDropout, seed } = style;
      if (dropout === null) return x;
      // null stands for the input's own side, which tfjs understands and its type forgets.
      const noiseShape = spatialDropout ? { noiseShape: [null, 1, 1, null] as unknown as number[] } : {};
      return applyLayer(layers.dropout({ name: "bottleneck-dropout", rate: dropout, seed: seed(), ...noiseShape }), x);
    },
  };
}

export type Parts = ReturnType<typeof partsOf>;

/** What networks with Keras's normalisation and one of two initialisers have in common. */
export function styleOf(
  options: Pick<ClassicOptions, "dropout" | "spatialDropout" | "batchNormMomentum"> & { kernelInitializer: string },
  seed: Seeds,
): Style {
  const initializer = options.kernelInitializer === "he-normal" ? heNormal : glorotUniform;
  return { ...options, initializer, batchNormEpsilon: 1e-3, batchNormBeta: 0, seed };
}
