import type { LayersModel, layers } from "@tensorflow/tfjs-layers";
import fixture from "./fixtures/layers-512.json" with { type: "json" };

/** One layer, as the fixture has it: what the authors' own builders make for an input of 512 × 512 × 1 at 64 filters. */
export interface LayerRow {
  type: string;
  inputs: number[];
  out: number[];
  trainable: number;
  nonTrainable: number;
  kernel?: number[];
  padding?: string;
  init?: string;
  activation?: string;
}

/** The authors' layers for other widths: channels shrink in proportion, but for the image, the two-filter head and the output. */
export function authorsLayers(id: keyof typeof fixture, baseFilters: number): LayerRow[] {
  const authors: readonly LayerRow[] = fixture[id].map(({ macs: _, ...row }) => row);
  const scale = (channels: number) => (channels <= 2 ? channels : (channels * baseFilters) / 64);
  return authors.map((row) => {
    const out = row.out.with(2, scale(row.out[2] as number));
    const filters = out[2] as number;
    if (row.type === "BatchNormalization") return { ...row, out, trainable: 2 * filters, nonTrainable: 2 * filters };
    if (!row.kernel) return { ...row, out };
    const source = authors[row.inputs[0] as number]?.out[2] as number;
    const taps = (row.kernel[0] as number) * (row.kernel[1] as number) * scale(source) * filters;
    return { ...row, out, trainable: taps + filters };
  });
}

/** The layers of a model, as rows of the same form. */
export function layersOf(model: LayersModel): LayerRow[] {
  return model.layers.map((layer) => rowOf(layer, model.layers));
}

const initializers: Readonly<Record<string, string>> = {
  "fanIn normal": "he_normal",
  "fanAvg uniform": "glorot_uniform",
};

function rowOf(layer: layers.Layer, all: readonly layers.Layer[]): LayerRow {
  const config = layer.getConfig() as {
    activation: string;
    padding: string;
    kernelInitializer: { config: { mode: string; distribution: string } };
  };
  const type = layer.getClassName().replace("InputLayer", "Input");
  const row: LayerRow = {
    type,
    inputs: (layer.inboundNodes[0]?.inboundLayers ?? []).map((source) => all.indexOf(source)),
    out: (layer.outputShape as number[]).slice(1),
    trainable: countOf(layer.trainableWeights),
    nonTrainable: countOf(layer.nonTrainableWeights),
  };
  if (type === "Activation") return { ...row, activation: config.activation };
  if (type === "MaxPooling2D") return { ...row, padding: config.padding };
  if (type !== "Conv2D") return row;
  const kernel = layer.weights[0]?.shape as number[];
  const { mode, distribution } = config.kernelInitializer.config;
  return {
    ...row,
    kernel: kernel.slice(0, 2),
    padding: config.padding,
    init: initializers[`${mode} ${distribution}`] ?? `${mode} ${distribution}`,
    ...(config.activation === "linear" ? {} : { activation: config.activation }),
  };
}

function countOf(weights: layers.Layer["weights"]): number {
  const sizes = weights.map(({ shape }) => (shape as number[]).reduce((product, side) => product * side, 1));
  return sizes.reduce((total, size) => total + size, 0);
}
