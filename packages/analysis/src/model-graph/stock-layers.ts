import * as operations from "./operations-rules.js";
import * as windows from "./window-rules.js";

/** What is known about a layer of tfjs-layers. Your own layers say the same by their methods. */
interface StockLayer {
  /** What it computes (`CountsOperations`). */
  readonly operations: operations.OperationsRule;
  /** How far it sees (`TellsReceptiveField`). Where absent: everything, or nobody can tell. */
  readonly window?: windows.WindowRule;
  /** `"reshaped"`: it gives the very numbers that it takes, in another shape. `"in-prediction"`: it does something in training only. */
  readonly passesOn?: "reshaped" | "in-prediction";
  /** Whether it leaves channels as they are, or changes them so little by itself that it makes no features of its own. */
  readonly isPassive?: true;
}

const { samePixel } = windows;
const nothing: StockLayer = { operations: operations.nothing };
const convolution: StockLayer = { operations: operations.convolution, window: windows.convolutionWindow };
const inTraining: StockLayer = { ...nothing, window: samePixel, passesOn: "in-prediction", isPassive: true };
const reshape: StockLayer = { ...nothing, passesOn: "reshaped" };
const pooling: StockLayer = { operations: operations.pooling };
const pooling2d: StockLayer = { ...pooling, window: windows.poolingWindow, isPassive: true };
const globalPooling: StockLayer = { operations: operations.globalPooling };
const merge: StockLayer = { operations: operations.merge(0), window: samePixel };
const onEach = (count: number): StockLayer => ({ operations: operations.unprofiled(count), window: samePixel });

/**
 * The layers of tfjs-layers, by their class. Recurrent layers, attention, embeddings and layers around layers are not among
 * them: they are unknown, as are activation functions of one's own.
 */
export const stockLayers: ReadonlyMap<string, StockLayer> = new Map(
  Object.entries({
    Conv1D: { operations: operations.convolution },
    Conv2D: convolution,
    Conv3D: { operations: operations.convolution },
    Conv2DTranspose: { operations: operations.deconvolution, window: windows.deconvolutionWindow },
    Conv3DTranspose: { operations: operations.deconvolution },
    DepthwiseConv2D: { ...convolution, operations: operations.depthwise },
    SeparableConv2D: { ...convolution, operations: operations.separable },
    Dense: { operations: operations.dense, window: samePixel },

    Activation: { operations: operations.activation, window: samePixel },
    ReLU: onEach(1),
    LeakyReLU: onEach(2),
    ThresholdedReLU: onEach(2),
    ELU: onEach(3),
    Softmax: { ...onEach(5), window: windows.alongChannels },
    PReLU: { operations: operations.profiled(4), window: windows.sharedSlopes }, // max(0, x) + alpha · min(0, x)

    BatchNormalization: { ...onEach(2), window: windows.alongChannels, isPassive: true },
    // Sums for mean and variance, difference, square, division, scale and shift.
    LayerNormalization: { ...onEach(7), window: windows.alongChannels, isPassive: true },

    MaxPooling1D: pooling,
    MaxPooling2D: pooling2d,
    MaxPooling3D: pooling,
    AveragePooling1D: pooling,
    AveragePooling2D: pooling2d,
    AveragePooling3D: pooling,
    GlobalMaxPooling1D: globalPooling,
    GlobalMaxPooling2D: globalPooling,
    GlobalAveragePooling1D: globalPooling,
    GlobalAveragePooling2D: globalPooling,

    Add: merge,
    Multiply: merge,
    Maximum: merge,
    Minimum: merge,
    Average: { ...merge, operations: operations.merge(1) },
    Concatenate: { ...nothing, window: windows.alongChannels },

    UpSampling2D: { operations: operations.enlargement, window: windows.enlargementWindow },
    Resizing: { operations: operations.enlargement },
    ZeroPadding2D: { ...nothing, window: windows.paddingWindow },
    Cropping2D: { ...nothing, window: windows.croppingWindow },
    CenterCrop: nothing,
    Flatten: reshape,
    Reshape: reshape,
    Permute: nothing,
    RepeatVector: nothing,
    Masking: nothing,

    Dropout: inTraining,
    SpatialDropout1D: { ...nothing, passesOn: "in-prediction", isPassive: true },
    AlphaDropout: inTraining,
    GaussianDropout: inTraining,
    GaussianNoise: inTraining,
    // A constant factor can be put into the weights before it; the published totals leave it out.
    Rescaling: { ...nothing, window: samePixel, isPassive: true },
  } satisfies Record<string, StockLayer>),
);
