import type { LayersModel, layers } from "@tensorflow/tfjs-layers";
import fixture from "./fixtures/layers-512.json" with { type: "json" };

/** One layer, as the fixture has it: what the authors' own builders make for an input of 512 × 512 × 1. */
export interface LayerRow {
  readonly type: string;
  /** Positions of the layers that it reads. */
  readonly inputs: readonly number[];
  readonly out: readonly number[];
  readonly trainable: number;
  readonly nonTrainable: number;
  /** What else it is made of: kernel, strides, padding, init, activation … */
  readonly details: Readonly<Record<string, unknown>>;
}

export type Id = keyof typeof fixture;
export const ids = Object.keys(fixture) as Id[];

interface FixtureRow extends Omit<LayerRow, "trainable" | "nonTrainable" | "details"> {
  readonly trainable?: number;
  readonly nonTrainable?: number;
  readonly macs?: number;
}

/** The authors' layers at a share of their width: channels shrink in proportion, but for the image, the two-filter head and the output. */
export function authorsLayers(id: Id, share = 1): LayerRow[] {
  const rows: readonly FixtureRow[] = fixture[id];
  const scale = (channels: number) => (channels <= 2 ? channels : channels * share);
  const channelsOf = (position: number) => scale(rows[position]?.out[2] as number);
  const scaled = rows.map((row): LayerRow => {
    const { type, inputs, out, trainable = 0, nonTrainable = 0, macs: _, ...details } = row;
    const channels = scale(out[2] as number);
    const common = { type, inputs, out: out.with(2, channels), details };
    if (type === "BatchNormalization") {
      return { ...common, trainable: 2 * channels, nonTrainable: 2 * channels };
    }
    if (type !== "Conv2D") return { ...common, trainable, nonTrainable };
    const [rowCount, columnCount] = (details as { kernel: [number, number] }).kernel;
    const taps = rowCount * columnCount * channelsOf(inputs[0] as number) * channels;
    return { ...common, trainable: taps + channels, nonTrainable };
  });
  return inOrder(scaled);
}

/** The layers of a model, as rows of the same form. */
export function layersOf(model: LayersModel): LayerRow[] {
  const output = model.layers.indexOf(model.outputLayers[0] as layers.Layer);
  return inOrder(
    model.layers.map((layer) => rowOf(layer, model.layers)),
    output,
  );
}

/** The same graph, numbered in one way: each layer after those that it reads, found from the output in the order of inputs. */
function inOrder(rows: readonly LayerRow[], output = rows.length - 1): LayerRow[] {
  const places = new Map<number, number>();
  const ordered: LayerRow[] = [];
  const visit = (position: number): number => {
    const known = places.get(position);
    if (known !== undefined) return known;
    const row = rows[position] as LayerRow;
    const inputs = row.inputs.map(visit);
    places.set(position, ordered.length);
    return ordered.push({ ...row, inputs }) - 1;
  };
  visit(output);
  if (ordered.length !== rows.length) throw new Error(`${rows.length - ordered.length} layers do not reach the output`);
  return ordered;
}

const initializers: Readonly<Record<string, string>> = {
  "fanIn normal": "he_normal",
  "fanAvg uniform": "glorot_uniform",
};

/** The authors' (Keras's) name of an initializer as tfjs saves it. */
function initializerName({ className, config }: { className: string; config: Record<string, unknown> }): string {
  const name = className === "VarianceScaling" ? `${config.mode} ${config.distribution}` : className;
  return initializers[name] ?? name;
}

function rowOf(layer: layers.Layer, all: readonly layers.Layer[]): LayerRow {
  const { type, details } = described(layer);
  const shape = layer.outputShape;
  const out = ((Array.isArray(shape[0]) ? shape[0] : shape) as number[]).slice(1);
  return {
    type,
    inputs: (layer.inboundNodes[0]?.inboundLayers ?? []).map((source) => all.indexOf(source)),
    out,
    trainable: countOf(layer.trainableWeights),
    nonTrainable: countOf(layer.nonTrainableWeights),
    details,
  };
}

/** Type and details in the authors' words. */
function described(layer: layers.Layer): Pick<LayerRow, "type" | "details"> {
  const config = layer.getConfig();
  const type = layer.getClassName();
  switch (type) {
    case "InputLayer":
      return { type: "Input", details: {} };
    case "Conv2D": {
      const { kernelSize, strides, padding, activation } = config;
      const init = initializerName(config.kernelInitializer as unknown as Parameters<typeof initializerName>[0]);
      const details = { kernel: kernelSize, strides, padding, init };
      return { type, details: activation === "linear" ? details : { ...details, activation } };
    }
    case "Activation":
      return { type, details: { activation: config.activation } };
    case "MaxPooling2D":
      return { type, details: { k: config.poolSize, s: config.strides, padding: config.padding } };
    case "UpSampling2D":
      return { type, details: { size: config.size } };
    case "ZeroPadding2D": {
      const [[top, bottom], [left, right]] = config.padding as [[number, number], [number, number]];
      return { type, details: { p: top === bottom && left === right ? [top, left] : config.padding } };
    }
    default:
      return { type, details: {} };
  }
}

function countOf(weights: layers.Layer["weights"]): number {
  const sizes = weights.map(({ shape }) => (shape as number[]).reduce((product, side) => product * side, 1));
  return sizes.reduce((total, size) => total + size, 0);
}
