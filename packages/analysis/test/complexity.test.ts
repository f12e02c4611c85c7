import "@tensorflow/tfjs-backend-cpu";
import { type CountsOperations, defineNetwork, type Layer, type OperationCount } from "@em-stellar/core/training";
import { memory, ready, setBackend, type Tensor, zeros } from "@tensorflow/tfjs-core";
import {
  initializers,
  input,
  type LayersModel,
  layers,
  model,
  type Shape,
  type SymbolicTensor,
  sequential,
} from "@tensorflow/tfjs-layers";
import { type Arbitrary, array, assert, constant, constantFrom, integer, nat, property, record } from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { complexity } from "../src/complexity/index.js";

beforeAll(async () => {
  await setBackend("cpu");
  await ready();
});

/** One layer behind an image of 4 × 6 with 3 channels. */
function one(layer: Layer, ...more: Layer[]): LayersModel {
  const image = input({ shape: [4, 6, 3] });
  return model({
    inputs: image,
    outputs: [layer, ...more].reduce((x, next) => next.apply(x) as SymbolicTensor, image),
  });
}
function countOf(layer: Layer) {
  const { macs, flops } = complexity(one(layer), [4, 6, 3]);
  return { macs, profiled: flops.tfProfiler - flops.conv, other: flops.allOp - flops.conv };
}

describe("operations of the layers of tfjs, for an image of 4 × 6 with 3 channels", () => {
  const costs: [layer: Layer, macs: number, profiled: number, other: number][] = [
    // 4 · 6 places, 5 filters of 3 · 3 · 3 taps; a bias and a ReLU for each of 120 values
    [layers.conv2d({ filters: 5, kernelSize: 3, padding: "same", activation: "relu" }), 3240, 120, 240],
    [layers.conv2d({ filters: 5, kernelSize: 3, padding: "same", useBias: false }), 3240, 0, 0],
    // 2 · 3 places, 5 filters of 2 · 2 · 3 taps; 30 values
    [layers.conv2d({ filters: 5, kernelSize: 2, strides: 2, activation: "sigmoid" }), 360, 30, 150],
    // Each of 72 values goes to 2 · 2 taps of 5 filters; 8 · 12 · 5 values come out
    [layers.conv2dTranspose({ filters: 5, kernelSize: 2, strides: 2 }), 1440, 480, 480],
    // 144 values, 3 · 3 taps each
    [layers.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2, padding: "same" }), 1296, 144, 144],
    // 24 places, 6 channels between of 3 · 3 taps, then 5 filters of 6 taps
    [layers.separableConv2d({ filters: 5, kernelSize: 3, depthMultiplier: 2, padding: "same" }), 2016, 120, 120],
    [layers.dense({ units: 2, useBias: false }), 144, 0, 0],
    [layers.batchNormalization(), 0, 0, 144],
    [layers.layerNormalization(), 0, 0, 504],
    [layers.activation({ activation: "softmax" }), 0, 0, 360],
    [layers.reLU(), 0, 0, 72],
    [layers.leakyReLU(), 0, 0, 144],
    [layers.prelu({ sharedAxes: [1, 2] }), 0, 288, 288],
    [layers.elu(), 0, 0, 216],
    [layers.maxPooling2d({ poolSize: [2, 3] }), 0, 72, 72], // 2 · 2 · 3 windows of 6
    [layers.averagePooling2d({ poolSize: 3, strides: 1, padding: "same" }), 0, 648, 648],
    [layers.globalAveragePooling2d({}), 0, 72, 72],
    [layers.upSampling2d({ size: [2, 2] }), 0, 0, 0],
    [layers.upSampling2d({ size: [2, 2], interpolation: "bilinear" }), 0, 0, 2592], // 9 · 8 · 12 · 3
    [layers.zeroPadding2d({ padding: [1, 1] }), 0, 0, 0],
    [layers.cropping2D({ cropping: 1 }), 0, 0, 0],
    [layers.dropout({ rate: 0.5 }), 0, 0, 0],
    [layers.flatten(), 0, 0, 0],
  ];
  it.each(costs.map(([layer, ...count]) => ({ type: layer.getClassName(), layer, count })))(
    "$type, case %#",
    ({ layer, count: [macs, profiled, other] }) => {
      expect(countOf(layer)).toEqual({ macs, profiled, other });
    },
  );

  it("merges take one operation less than there are inputs, a mean one more; concatenation takes none", () => {
    const image = input({ shape: [4, 6, 3] });
    const parts = [1, 2, 3].map(() => layers.zeroPadding2d({ padding: 0 }).apply(image) as SymbolicTensor);
    const countsOf = (layer: Layer) => {
      const merged = model({ inputs: image, outputs: layer.apply(parts) as SymbolicTensor });
      return complexity(merged, [4, 6, 3]).flops;
    };
    const [add, average] = [layers.add(), layers.average()].map(countsOf);
    expect(add).toEqual({ conv: 0, tfProfiler: 144, allOp: 144 });
    expect(average).toEqual({ conv: 0, tfProfiler: 216, allOp: 216 });
    expect(countsOf(layers.concatenate())).toEqual({ conv: 0, tfProfiler: 0, allOp: 0 });
  });
});

describe("weights", () => {
  it("are trainable or not as the model has them, and those of a layer that is used twice count once", () => {
    const image = input({ shape: [null, null, 1] });
    const shared = layers.conv2d({ filters: 1, kernelSize: 3, padding: "same" }); // 10 weights
    const norm = layers.batchNormalization(); // 2 and 2
    const frozen = layers.conv2d({ filters: 2, kernelSize: 1, trainable: false }); // 4
    const twice = shared.apply(shared.apply(image)) as SymbolicTensor;
    const outputs = frozen.apply(norm.apply(twice)) as SymbolicTensor;
    const found = complexity(model({ inputs: image, outputs }), [4, 4, 1]);
    expect(
      found.layers.map(({ type, trainable, nonTrainable, macs }) => [type, trainable, nonTrainable, macs]),
    ).toEqual([
      ["Conv2D", 10, 0, 144],
      ["Conv2D", 0, 0, 144],
      ["BatchNormalization", 2, 2, 0],
      ["Conv2D", 0, 4, 32],
    ]);
    expect(found).toMatchObject({ trainable: 12, nonTrainable: 6, macs: 320, memory: { weights: 72 } });
  });

  it("of a model within the model count likewise, layer by layer", () => {
    const inner = sequential({
      layers: [
        layers.conv2d({ inputShape: [null, null, 1], filters: 2, kernelSize: 1, name: "a" }),
        layers.maxPooling2d({ poolSize: 2, name: "b" }),
      ],
    });
    const image = input({ shape: [null, null, 1] });
    const outputs = layers.conv2d({ filters: 1, kernelSize: 1, name: "c" }).apply(inner.apply(image)) as SymbolicTensor;
    const found = complexity(model({ inputs: image, outputs }), [4, 8, 1]);
    expect(found.layers.map(({ name, output, trainable, macs }) => [name, output, trainable, macs])).toEqual([
      ["a", [4, 8, 2], 4, 64],
      ["b", [2, 4, 2], 0, 0],
      ["c", [2, 4, 1], 3, 16],
    ]);
    expect(found.memory).toEqual({ weights: 28, inference: 4 * (32 + 64 + 16), training: 4 * (32 + 64 + 16 + 8) });
  });
});

/** Makes any number of inputs into one tensor of zeros, and tells when it has. */
class Witness extends layers.Layer {
  static readonly className = "Witness";
  readonly channels: number;
  readonly report: () => void;
  constructor(channels: number, report: () => void) {
    super({});
    this.channels = channels;
    this.report = report;
  }
  override computeOutputShape(shapes: Shape | Shape[]): Shape {
    const first = (Array.isArray(shapes[0]) ? shapes[0] : shapes) as Shape;
    return [...first.slice(0, -1), this.channels];
  }
  override call(inputs: Tensor | Tensor[]): Tensor {
    const [first] = [inputs].flat() as [Tensor];
    const made = zeros([...first.shape.slice(0, -1), this.channels]);
    this.report();
    return made;
  }
}

describe("memory", () => {
  it("of a U: at its most where the skip, the enlarged map and both together are there", () => {
    const image = input({ shape: [4, 4, 1] }); // 16 numbers
    const skip = layers.conv2d({ filters: 2, kernelSize: 3, padding: "same" }).apply(image) as SymbolicTensor; // 32
    const below = layers.maxPooling2d({ poolSize: 2 }).apply(skip); // 8
    const dropped = layers.dropout({ rate: 0.5 }).apply(below); // 8 in training
    const up = layers.upSampling2d({ size: [2, 2] }).apply(dropped) as SymbolicTensor; // 32
    const both = layers.concatenate().apply([skip, up]); // 64
    const outputs = layers.conv2d({ filters: 1, kernelSize: 1 }).apply(both) as SymbolicTensor; // 16
    const { memory } = complexity(model({ inputs: image, outputs }), [4, 4, 1]);
    expect(memory.inference).toBe(4 * (16 + 32 + 32 + 64));
    expect(memory.training).toBe(4 * (16 + 32 + 8 + 8 + 32 + 64 + 16));
  });

  /** A graph in which each layer reads any one or two tensors before it; `held` says what tfjs has in use. */
  function randomGraph(kinds: readonly ("witness" | "dropout")[], channels: Arbitrary<number>, held: () => number) {
    const node = record({ kind: constantFrom(...kinds), channels, from: array(nat(), { minLength: 1, maxLength: 2 }) });
    return array(node, { minLength: 1, maxLength: 9 }).map((nodes) => {
      const seen: number[] = [];
      const witness = (channels: number) => new Witness(channels, () => seen.push(held()));
      const image = input({ shape: [2, 3, 3] });
      const tensors = [witness(3).apply(image) as SymbolicTensor];
      for (const { kind, channels, from } of nodes) {
        // Each source once: tfjs lets a tensor go too early that one layer reads twice.
        const sources = [...new Set(from.map((place) => tensors[place % tensors.length] as SymbolicTensor))];
        const [source] = sources;
        tensors.push(
          kind === "witness"
            ? (witness(channels).apply(sources) as SymbolicTensor)
            : (layers.dropout({ rate: 0.5 }).apply(source as SymbolicTensor) as SymbolicTensor),
        );
      }
      return { seen, network: model({ inputs: image, outputs: tensors.at(-1) as SymbolicTensor }) };
    });
  }
  /** What a prediction holds beyond what there was when its first layer had run. */
  function mostSeen(network: LayersModel, seen: readonly number[]): number {
    const x = zeros([1, 2, 3, 3]);
    (network.predict(x) as Tensor).dispose();
    x.dispose();
    return Math.max(...seen) - (seen[0] as number);
  }
  const first = 4 * (18 + 18); // image and first layer: 2 · 3 places, 3 channels each

  it("of a prediction is what tfjs holds, whatever the graph", () => {
    const graph = randomGraph(["witness"], integer({ min: 1, max: 9 }), () => memory().numBytes);
    assert(
      property(graph, ({ network, seen }) => {
        expect(complexity(network, [2, 3, 3]).memory.inference).toBe(first + mostSeen(network, seen));
      }),
      { seed: 1 },
    );
  });

  it("counts what dropout passes on once, as tfjs holds it once", () => {
    // tfjs counts the bytes of shared tensors twice, but its buffers rightly: here all of 18 numbers.
    const graph = randomGraph(["witness", "dropout"], constant(3), () => memory().numDataBuffers * 4 * 18);
    assert(
      property(graph, ({ network, seen }) => {
        expect(complexity(network, [2, 3, 3]).memory.inference).toBe(first + mostSeen(network, seen));
      }),
      { seed: 1 },
    );
  });
});

/** A layer that takes the mean over channels, and counts as it is told. */
class Mean extends layers.Layer implements CountsOperations {
  static readonly className = "EmStellarTestMean";
  readonly count: OperationCount;
  constructor(count: OperationCount) {
    super({ name: "mean" });
    this.count = count;
  }
  override computeOutputShape(shape: Shape): Shape {
    return [...shape.slice(0, -1), 1];
  }
  countOperations(inputs: readonly Shape[], output: Shape): OperationCount {
    expect([inputs, output]).toEqual([[[null, 4, 6, 3]], [null, 4, 6, 1]]);
    return this.count;
  }
}

describe("layers of one's own", () => {
  it("count themselves", () => {
    expect(countOf(new Mean({ macs: 7, other: 72 }))).toEqual({ macs: 7, profiled: 72, other: 72 });
    expect(countOf(new Mean({ macs: 7, other: 72, profiled: 2 }))).toEqual({ macs: 7, profiled: 2, other: 72 });
  });

  it("are told when what they count is no number", () => {
    for (const count of [
      { macs: Number.NaN, other: 0 },
      { macs: 0, other: -1 },
      { macs: 0, other: 1, profiled: 2 },
    ]) {
      expect(() => countOf(new Mean(count))).toThrow(
        `Layer "mean" (EmStellarTestMean) counts macs ${count.macs}, other ${count.other}, profiled`,
      );
    }
  });

  it("are listed where they do not, never counted as nothing", () => {
    const found = complexity(one(new Witness(2, () => {}), layers.dense({ units: 1 })), [4, 6, 3]);
    expect(found.unknownLayers).toEqual([{ name: expect.stringContaining("witness"), type: "Witness" }]);
    expect(found.layers[0]).toMatchObject({ output: [4, 6, 2], macs: undefined, flops: undefined });
    expect(found).toMatchObject({ macs: 48, flops: { conv: 96, tfProfiler: 120, allOp: 120 }, trainable: 3 });
  });

  it("so are layers of tfjs that no rule is known for, and activation functions of one's own", () => {
    const recurrent = layers.convLstm2dCell({ filters: 2, kernelSize: 1 });
    const around = layers.timeDistributed({ layer: layers.dense({ units: 1 }) });
    expect(recurrent.getClassName()).toBe("ConvLSTM2DCell");
    expect(complexity(one(around), [4, 6, 3]).unknownLayers).toEqual([{ name: around.name, type: "TimeDistributed" }]);
    const gelu = layers.activation({ activation: "gelu" as "relu" }); // tfjs knows it, its type does not
    expect(complexity(one(gelu), [4, 6, 3]).unknownLayers).toEqual([{ name: gelu.name, type: "Activation" }]);
  });

  it("must say how large their output is", () => {
    class Vague extends layers.Layer {
      static readonly className = "Vague";
      override computeOutputShape(shape: Shape): Shape {
        return [...shape.slice(0, -1), null];
      }
    }
    expect(() => complexity(one(new Vague({ name: "fog" })), [4, 6, 3])).toThrow(
      'Layer "fog" (Vague) gives 4 × 6 × any for 4 × 6 × 3: its computeOutputShape must name every side',
    );
  });
});

describe("a network", () => {
  const network = defineNetwork({
    id: "small",
    summary: "For tests.",
    defaults: {},
    stride: () => 2,
    build(_, shape, seed) {
      const image = input({ shape: [...shape] });
      const kernelInitializer = initializers.heNormal({ seed: seed() });
      const outputs = layers.conv2d({ filters: 1, kernelSize: 3, kernelInitializer }).apply(image) as SymbolicTensor;
      return model({ inputs: image, outputs });
    },
  });

  it("is built for it, and leaves no tensor", () => {
    const before = memory().numTensors;
    expect(complexity(network(), [8, 8, 2])).toMatchObject({ trainable: 19, macs: 648 }); // 6 · 6 places, 3 · 3 · 2 taps
    expect(memory().numTensors).toBe(before);
  });

  it("says which sizes it takes", () => {
    expect(() => complexity(network(), [7, 8, 1])).toThrow("multiples of 2, but was given 7 × 8");
    expect(() => complexity(network(), [8.5, 8, 1])).toThrow("such as [512, 512, 1], not for [8.5, 8, 1].");
    expect(() => complexity(one(layers.reLU()), [4, 8, 3])).toThrow("takes 4 × 6 × 3, not one image of 4 × 8 × 3.");
  });
});
