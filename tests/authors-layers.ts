import type { LayersModel, layers } from "@tensorflow/tfjs-layers";

/** One layer, as the fixture has it: what the authors' own builders make for an input of 512 × 512 × 1. */
export interface LayerRow {
  readonly type: string;
  /** Positions of the layers that it reads. */
  readonly inputs: readonly number[];
  readonly out: readonly number[];
  readonly trainable: number;
  readonly nonTrainable: number;
  /** What else it is made of: kernel, strides, padding, init, activation, rate, alpha … */
  readonly details: Readonly<Record<string, unknown>>;
}

/** A row of a fixture; counts that are 0 may be left out. */
interface FixtureRow extends Omit<LayerRow, "trainable" | "nonTrainable" | "details"> {
  readonly trainable?: number;
  readonly nonTrainable?: number;
  readonly macs?: number;
}

/** The layers of the authors' networks of one package, and those of our models in the same words. */
export function authorsOf<Id extends string>(fixture: Readonly<Record<Id, readonly FixtureRow[]>>) {
  const ids = Object.keys(fixture) as Id[]; // the keys of the type
  const rows = ids.flatMap((id) => fixture[id].map(rowOfFixture));
  const details = new Map<string, Set<string>>(); // what the fixture tells of layers of each type
  for (const { type, details: told } of rows) {
    details.set(type, new Set([...(details.get(type) ?? []), ...Object.keys(told)]));
  }
  return {
    ids,
    /** The authors' layers at a share of their width: channels shrink in proportion, but for the image, the two-filter head and the output. */
    authorsLayers: (id: Id, share = 1): LayerRow[] => inOrder(scaled(fixture[id].map(rowOfFixture), share)),
    /** The layers of a model, of which is told what the fixture tells. */
    layersOf(model: LayersModel): LayerRow[] {
      const found = model.layers.map((layer) => rowOf(layer, model.layers));
      const told = found.map((row) => ({
        ...row,
        details: Object.fromEntries(Object.entries(row.details).filter(([name]) => details.get(row.type)?.has(name))),
      }));
      return inOrder(told, model.layers.indexOf(model.outputLayers[0] as layers.Layer));
    },
  };
}

function rowOfFixture({
  type,
  inputs,
  out,
  trainable = 0,
  nonTrainable = 0,
  macs: _,
  ...details
}: FixtureRow): LayerRow {
  return { type, inputs, out, trainable, nonTrainable, details };
}

function scaled(rows: readonly LayerRow[], share: number): LayerRow[] {
  const scale = (channels: number) => (channels <= 2 ? channels : channels * share);
  return rows.map((row) => {
    const channels = scale(row.out[2] as number);
    const common = { ...row, out: row.out.with(2, channels) };
    switch (row.type) {
      case "BatchNormalization":
        return { ...common, trainable: 2 * channels, nonTrainable: 2 * channels };
      case "TLU":
        return { ...common, trainable: 2 * channels, nonTrainable: 0 };
      case "Conv2D": {
        const [rowCount, columnCount] = (row.details as { kernel: [number, number] }).kernel;
        const taps = rowCount * columnCount * scale(rows[row.inputs[0] as number]?.out[2] as number) * channels;
        return { ...common, trainable: taps + channels };
      }
      default:
        return common;
    }
  });
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
  Zeros: "zeros",
  Ones: "ones",
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
    case "Dropout": {
      const spatial = JSON.stringify(config.noiseShape) === "[null,1,1,null]";
      return { type: spatial ? "SpatialDropout2D" : type, details: { rate: config.rate } };
    }
    case "EmStellarTlu": {
      const start = layer.getWeights().map((weight) => new Set(weight.dataSync()));
      const name = (values: Set<number> | undefined) =>
        values?.size === 1 ? (["zeros", "ones"][[...values][0] as number] ?? "?") : "?";
      // Axes on which the weights have one value for all: 1 of the shape without batch is axis 1.
      const shape = layer.weights[0]?.shape as number[];
      const shared = shape.slice(0, -1).map((side, axis) => (side === 1 ? axis + 1 : 0));
      return { type: "TLU", details: { alpha: name(start[0]), beta: name(start[1]), shared } };
    }
    default:
      return { type, details: {} };
  }
}

function countOf(weights: layers.Layer["weights"]): number {
  const sizes = weights.map(({ shape }) => (shape as number[]).reduce((product, side) => product * side, 1));
  return sizes.reduce((total, size) => total + size, 0);
}
