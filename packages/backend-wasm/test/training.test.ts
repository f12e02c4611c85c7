import { cpu } from "@em-stellar/backend-cpu";
import type { Device } from "@em-stellar/core/training";
import * as tf from "@tensorflow/tfjs-core";
import * as tfl from "@tensorflow/tfjs-layers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { wasm } from "../src/index.js";

/** Every kind of layer of a small U-net: 3×3, 2×2 and 1×1 convolutions, normalization, ReLU and PReLU, pooling, a skip. */
function smallNet(batchNorm: (name: string) => tfl.layers.Layer = (name) => tfl.layers.batchNormalization({ name })) {
  let seed = 1;
  const conv = (name: string, filters: number, kernelSize: number) =>
    tfl.layers.conv2d({
      name,
      filters,
      kernelSize,
      padding: "same",
      kernelInitializer: tfl.initializers.heNormal({ seed: seed++ }),
    });
  const apply = (layer: tfl.layers.Layer, x: tfl.SymbolicTensor | tfl.SymbolicTensor[]) =>
    layer.apply(x) as tfl.SymbolicTensor;
  const image = tfl.input({ shape: [16, 16, 1] });
  const skip = apply(tfl.layers.reLU({ name: "relu" }), apply(batchNorm("norm-1"), apply(conv("conv-1", 6, 3), image)));
  let x = apply(tfl.layers.maxPooling2d({ name: "pool", poolSize: 2 }), skip);
  x = apply(
    tfl.layers.prelu({ name: "prelu", sharedAxes: [1, 2] }),
    apply(batchNorm("norm-2"), apply(conv("conv-2", 9, 3), x)),
  );
  x = apply(conv("up-conv", 6, 2), apply(tfl.layers.upSampling2d({ name: "up" }), x));
  x = apply(tfl.layers.concatenate({ name: "concat" }), [skip, x]);
  const outputs = apply(
    tfl.layers.activation({ name: "sigmoid", activation: "sigmoid" }),
    apply(conv("head", 1, 1), x),
  );
  return tfl.model({ inputs: image, outputs });
}

const variablesOf = (model: tfl.LayersModel) =>
  // LayerVariable keeps its variable in a protected member, which an optimizer needs.
  model.trainableWeights.map((weight) => (weight as unknown as { val: tf.Variable }).val);

function trainer(model: tfl.LayersModel, optimizer: tf.Optimizer) {
  const x = tf.randomUniform([2, 16, 16, 1], 0, 1, "float32", 1);
  const truth = tf.cast(tf.greater(x, 0.5), "float32");
  return {
    step(): number {
      const loss = () =>
        tf.mean(tf.squaredDifference(model.apply(x, { training: true }) as tf.Tensor, truth)) as tf.Scalar;
      const cost = optimizer.minimize(loss, true, variablesOf(model)) as tf.Scalar;
      const [value] = cost.dataSync();
      cost.dispose();
      return value as number;
    },
    predict: () => tf.tidy(() => [...(model.predict(x) as tf.Tensor).dataSync()]),
    dispose() {
      tf.dispose([x, truth]);
      optimizer.dispose();
      model.dispose();
    },
  };
}

const weightsOf = (model: tfl.LayersModel) => model.getWeights().map((weight) => [...weight.dataSync()]);

describe("training on wasm", () => {
  let device: Device;
  beforeAll(async () => {
    device = await wasm().start();
  });
  afterAll(() => device.dispose());

  it("lowers the loss, and each step changes the prediction: no convolution goes on with old weights", () => {
    const model = device.prepare(smallNet());
    const training = trainer(model, tf.train.sgd(0.5));
    const losses: number[] = [];
    let before = training.predict();
    for (let step = 0; step < 20; step++) {
      losses.push(training.step());
      const after = training.predict();
      expect(Math.max(...after.map((value, i) => Math.abs(value - (before[i] as number))))).toBeGreaterThan(1e-6);
      before = after;
    }
    expect(losses.at(-1)).toBeLessThan(0.75 * (losses[0] as number));
    training.dispose();
  });

  it("gives the convolution of the new filter after a step with the kernel that all optimizers share", () => {
    tf.tidy(() => {
      const filter = tf.variable(tf.ones([1, 1, 1, 1]));
      const x = tf.ones([1, 2, 2, 1]) as tf.Tensor4D;
      const convolved = () => tf.conv2d(x, filter as unknown as tf.Tensor4D, 1, "same").dataSync()[0];
      expect(convolved()).toBe(1);
      const zero = tf.zeros([1, 1, 1, 1]);
      const inputs = [filter, tf.ones([1, 1, 1, 1]), zero, tf.zeros([1, 1, 1, 1])];
      const attributes = { beta1: 0, beta2: 0, stepSize: 0.25, epsilon: 1e-8, keep: 1, adaptive: false };
      // tfjs passes lists under the type of a map.
      const weights = inputs as unknown as tf.NamedTensorMap;
      const [updated] = tf.engine().runKernel("EmStellarAdaptiveStep", weights, attributes) as unknown as tf.Tensor[];
      filter.assign(updated as tf.Tensor);
      expect(convolved()).toBe(0.75);
      filter.dispose();
    });
  });

  it("holds as many tensors and bytes after 200 steps as after 10, and the heap does not grow", () => {
    const model = device.prepare(smallNet());
    const training = trainer(model, tf.train.adam(1e-3));
    for (let step = 0; step < 10; step++) training.step();
    const { numTensors, numBytes, numDataBuffers } = tf.memory();
    const heap = device.peakBytes();
    for (let step = 0; step < 190; step++) training.step();
    expect(tf.memory()).toMatchObject({ numTensors, numBytes, numDataBuffers });
    expect(device.peakBytes()).toBe(heap);
    training.dispose();
  });

  it("gives the same weights, to the last bit, when the same training is done again", () => {
    const train = () => {
      const model = device.prepare(smallNet());
      const training = trainer(model, tf.train.adam(1e-2));
      for (let step = 0; step < 15; step++) training.step();
      const weights = weightsOf(model);
      training.dispose();
      return weights;
    };
    expect(train()).toEqual(train());
  });

  it("prepared, a model trains and predicts as before: same weights, same moving averages, same saved form", () => {
    const train = (prepare: boolean) => {
      const model = smallNet();
      const saved = model.toJSON(null, false);
      if (prepare) expect(device.prepare(model)).toBe(model);
      expect(model.toJSON(null, false)).toEqual(saved);
      const training = trainer(model, tf.train.sgd(0.1));
      for (let step = 0; step < 5; step++) training.step();
      const result = { weights: weightsOf(model), prediction: training.predict() };
      training.dispose();
      return result;
    };
    const [stock, fused] = [train(false), train(true)];
    const close = (a: number[], b: number[]) => Math.max(...a.map((value, i) => Math.abs(value - (b[i] as number))));
    expect(close(fused.prediction, stock.prediction)).toBeLessThan(2e-5);
    fused.weights.forEach((weight, i) => {
      expect(close(weight, stock.weights[i] as number[])).toBeLessThan(2e-5);
    });
  });

  it("runs a normalization and what activates it as one kernel, while training alone", async () => {
    const model = device.prepare(smallNet());
    const kernelsOf = async (training: boolean) => {
      const { kernelNames } = await tf.profile(() => {
        const y = tf.tidy(() => model.apply(tf.ones([1, 16, 16, 1]), { training }) as tf.Tensor);
        y.dispose();
        return y;
      });
      return kernelNames;
    };
    const training = await kernelsOf(true);
    expect(training).toEqual(expect.arrayContaining(["EmStellarBatchNormRelu", "EmStellarBatchNormPrelu"]));
    for (const name of ["Relu", "Prelu", "EmStellarBatchNorm"]) expect(training).not.toContain(name);
    const predicting = await kernelsOf(false); // the convolutions normalize and activate: folding.test.ts
    expect(predicting).toContain("EmStellarLeakyConvolution");
    expect(predicting.filter((name) => name.includes("BatchNorm") || /^(Rel|Prel)u$/.test(name))).toEqual([]);
    model.dispose();
  });

  it("runs an up-sampling and the 2×2 convolution behind it as one kernel, unless others see what lies between", async () => {
    const kernelsOf = async (training: boolean, build: (x: tfl.SymbolicTensor) => tfl.SymbolicTensor[]) => {
      const image = tfl.input({ shape: [3, 5, 4] });
      const [model, stock] = [true, false].map((prepare) => {
        const made = tfl.model({ inputs: image, outputs: build(image) });
        return prepare ? device.prepare(made) : made;
      }) as [tfl.LayersModel, tfl.LayersModel];
      stock.setWeights(model.getWeights());
      const x = tf.randomUniform([2, 3, 5, 4], -1, 1, "float32", 1);
      const outputs = (of: tfl.LayersModel) => tf.tidy(() => [of.apply(x, { training })].flat() as tf.Tensor[]);
      const { kernelNames } = await tf.profile(() => {
        const [found, expected] = [outputs(model), outputs(stock)];
        found.forEach((y, i) => {
          expect(y.shape).toEqual(expected[i]?.shape);
          expect(tf.max(tf.abs(tf.sub(y, expected[i] as tf.Tensor))).dataSync()[0]).toBeLessThan(2e-6);
        });
        tf.dispose([found, expected]);
        return x;
      });
      x.dispose();
      model.dispose();
      return kernelNames.includes("EmStellarUpConvolution");
    };
    const apply = (layer: tfl.layers.Layer, x: tfl.SymbolicTensor) => layer.apply(x) as tfl.SymbolicTensor;
    const up = () => tfl.layers.upSampling2d({});
    const conv = (options: Partial<Parameters<typeof tfl.layers.conv2d>[0]> = {}) =>
      tfl.layers.conv2d({ filters: 3, kernelSize: 2, padding: "same", biasInitializer: "randomNormal", ...options });
    for (const training of [true, false]) {
      expect(await kernelsOf(training, (x) => [apply(conv({ activation: "relu" }), apply(up(), x))])).toBe(true);
      expect(
        await kernelsOf(training, (x) => [apply(conv({ useBias: false }), apply(up(), x)), apply(conv(), x)]),
      ).toBe(true);
      for (const options of [
        { activation: "sigmoid" },
        { strides: 2 },
        { kernelSize: 3 },
        { padding: "valid" },
      ] as const)
        expect(await kernelsOf(training, (x) => [apply(conv(options), apply(up(), x))])).toBe(false);
      expect(
        await kernelsOf(training, (x) => {
          const large = apply(up(), x);
          return [apply(conv(), large), large];
        }),
      ).toBe(false);
      expect(
        await kernelsOf(training, (x) => [apply(conv(), apply(tfl.layers.upSampling2d({ size: [1, 2] }), x))]),
      ).toBe(false);
    }
  });

  it("leaves an activation apart where another layer or the caller wants what it gets, or where it bounds", () => {
    const image = tfl.input({ shape: [2, 2, 1] });
    const apply = (layer: tfl.layers.Layer, x: tfl.SymbolicTensor | tfl.SymbolicTensor[]) =>
      layer.apply(x) as tfl.SymbolicTensor;
    const norms = [1, 2, 3].map(() => apply(tfl.layers.batchNormalization({ gammaInitializer: "ones" }), image));
    const [read, given, bounded] = norms as [tfl.SymbolicTensor, tfl.SymbolicTensor, tfl.SymbolicTensor];
    const outputs = [
      apply(tfl.layers.add(), [apply(tfl.layers.reLU(), read), read]),
      given,
      apply(tfl.layers.reLU(), given),
      apply(tfl.layers.reLU({ maxValue: 1 }), bounded),
    ];
    const model = device.prepare(tfl.model({ inputs: image, outputs }));
    tf.tidy(() => {
      // Mean 4 and variance 5: without the epsilon of 1e-3, -3/√5, -1/√5, 1/√5 and 3/√5.
      const all = model.apply(tf.tensor4d([1, 3, 5, 7], [1, 2, 2, 1]), { training: true }) as tf.Tensor[];
      const normal = [-3, -1, 1, 3].map((value) => value / Math.sqrt(5.001));
      const relu = normal.map((value) => Math.max(0, value));
      const expected = [
        normal.map((value, i) => value + (relu[i] as number)),
        normal,
        relu,
        relu.map((v) => Math.min(1, v)),
      ];
      all.forEach((output, i) => {
        for (const [at, value] of [...output.dataSync()].entries())
          expect(value).toBeCloseTo(expected[i]?.[at] as number, 5);
      });
    });
    model.dispose();
  });

  it("moves the averages by 1 - momentum towards the batch: mean 4 and variance 5 at momentum 0.9 give 0.4 and 1.4", () => {
    const layer = tfl.layers.batchNormalization({ momentum: 0.9, inputShape: [2, 2, 1] });
    const model = device.prepare(tfl.sequential({ layers: [layer] }));
    tf.tidy(() => {
      model.apply(tf.tensor4d([1, 3, 5, 7], [1, 2, 2, 1]), { training: true });
    });
    const [, , mean, variance] = weightsOf(model);
    expect(mean?.[0]).toBeCloseTo(0.4, 6);
    expect(variance?.[0]).toBeCloseTo(1.4, 6);
    model.dispose();
  });

  it("prepares models within models, and leaves alone what it cannot fuse", () => {
    const inner = tfl.sequential({ layers: [tfl.layers.batchNormalization({ inputShape: [2, 2, 1] })] });
    const model = device.prepare(tfl.sequential({ layers: [inner, tfl.layers.batchNormalization({ axis: 1 })] }));
    expect(Object.hasOwn(inner.layers[0] as object, "call")).toBe(true);
    expect(Object.hasOwn(model.layers[1] as object, "call")).toBe(false);
    model.dispose();
  });
});

it("a prepared model goes on training where the backend has no fused kernel", async () => {
  const device = await wasm().start();
  const reference = await cpu().start();
  const model = device.prepare(smallNet());
  const training = trainer(model, tf.train.sgd(0.1));
  expect(training.step()).toBeGreaterThan(0);
  training.dispose();
  await reference.dispose();
  await device.dispose();
});
