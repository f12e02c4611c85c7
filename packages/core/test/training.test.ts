import "@tensorflow/tfjs-backend-cpu";
import { createRegistry, defineMetric, definePlugin } from "@em-stellar/core";
import { defineLoss, defineNetwork, defineOptimizer, loadModel, registerLayers } from "@em-stellar/core/training";
import * as tf from "@tensorflow/tfjs-core";
import * as tfl from "@tensorflow/tfjs-layers";
import { beforeAll, describe, expect, it } from "vitest";

beforeAll(() => tf.setBackend("cpu"));

/** x → factor · x, with a factor that is configuration, not weight. */
class Scale extends tfl.layers.Layer {
  static className = "EmStellarTestScale";
  private readonly factor: number;
  constructor(config: { factor: number; name?: string }) {
    super(config);
    this.factor = config.factor;
  }
  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.mul(Array.isArray(inputs) ? (inputs[0] as tf.Tensor) : inputs, this.factor);
  }
  override getConfig() {
    return { ...super.getConfig(), factor: this.factor };
  }
}

const tiny = defineNetwork({
  id: "tiny",
  summary: "One convolution and a layer of one's own.",
  defaults: { depth: 2 },
  layers: [Scale],
  stride: ({ depth }) => 2 ** depth,
  build(_, [height, width, channels], seed) {
    const input = tfl.input({ shape: [height, width, channels] });
    const kernelInitializer = tfl.initializers.glorotUniform({ seed: seed() });
    const convolved = tfl.layers
      .conv2d({ filters: 1, kernelSize: 1, kernelInitializer, activation: "sigmoid" })
      .apply(input);
    const output = new Scale({ factor: 0.5 }).apply(convolved) as tfl.SymbolicTensor;
    return tfl.model({ inputs: input, outputs: output });
  },
});
const registry = createRegistry(definePlugin({ name: "test", version: "1.0.0", components: [tiny] }));

describe("a network", () => {
  it("takes its stride from its options", () => {
    expect(tiny().stride).toBe(4);
    expect(tiny({ depth: 5 }).stride).toBe(32);
  });

  it.each([
    [[65, 64, 1], 'network "tiny" takes sides that are multiples of 4, but was given 65 × 64. Nearest: 64 or 68.'],
    [[64, 30, 1], 'network "tiny" takes sides that are multiples of 4, but was given 64 × 30. Nearest: 28 or 32.'],
    [[null, 3, 1], 'network "tiny" takes sides that are multiples of 4, but was given null × 3. Nearest: 4.'],
    [[0, 4, 1], 'network "tiny" takes sides that are multiples of 4, but was given 0 × 4. Nearest: 4.'],
  ] as const)("refuses %j", (shape, message) => {
    expect(() => tiny().build(shape, () => 1)).toThrow(message);
  });

  it("builds for sides that are multiples, and for any size", () => {
    expect(tiny().build([8, 12, 1], () => 1).outputs[0]?.shape).toEqual([null, 8, 12, 1]);
    expect(tiny().build([null, null, 3], () => 1).outputs[0]?.shape).toEqual([null, null, null, 1]);
  });

  it("draws its weights from the seeds it is given", () => {
    const weights = (seed: number) => [
      ...(
        tiny()
          .build([4, 4, 3], () => seed)
          .getWeights()[0] as tf.Tensor
      ).dataSync(),
    ];
    expect(weights(1)).toEqual(weights(1));
    expect(weights(1)).not.toEqual(weights(2));
  });
});

describe("loadModel", () => {
  async function save(model: tfl.LayersModel): Promise<tf.io.ModelArtifacts> {
    let saved: tf.io.ModelArtifacts = {};
    await model.save(
      tf.io.withSaveHandler(async (artifacts) => {
        saved = artifacts;
        return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: "JSON" } };
      }),
    );
    return saved;
  }
  const image = () => tf.reshape(tf.linspace(0, 1, 48), [1, 4, 4, 3]);
  const outputs = (model: tfl.LayersModel) => tf.tidy(() => [...(model.predict(image()) as tf.Tensor).dataSync()]);

  it("gives back a model with layers of one's own that predicts the same", async () => {
    const model = tiny().build([4, 4, 3], () => 5);
    const loaded = await loadModel(tf.io.fromMemory(await save(model)), registry);
    expect(outputs(loaded)).toEqual(outputs(model));
    expect(Math.max(...outputs(loaded))).toBeLessThan(0.5); // a sigmoid, halved by the layer
    expect(loaded.layers.at(-1)).toBeInstanceOf(Scale);
  });

  it("registers the layers of the registry it is given, as importing did not", async () => {
    class Late extends Scale {
      static override className = "EmStellarTestLate";
    }
    const late = defineNetwork({
      id: "late",
      summary: "Its layer is registered by loadModel alone.",
      defaults: {},
      layers: [Late],
      stride: () => 1,
      build: (): never => {
        throw new Error("not built here");
      },
    });
    const input = tfl.input({ shape: [4, 4, 3] });
    const model = tfl.model({ inputs: input, outputs: new Late({ factor: 3 }).apply(input) as tfl.SymbolicTensor });
    const saved = await save(model);
    await expect(loadModel(tf.io.fromMemory(saved), registry)).rejects.toThrow("EmStellarTestLate");
    const withLate = createRegistry(definePlugin({ name: "late", version: "1.0.0", components: [late] }));
    expect(outputs(await loadModel(tf.io.fromMemory(saved), withLate))).toEqual(outputs(model));
  });

  it("refuses another class of the same name, whose saved models would load as the wrong layer", () => {
    class Impostor extends Scale {}
    registerLayers(tiny.layers);
    expect(() => registerLayers([Impostor])).toThrow(
      'Two layer classes are both named "EmStellarTestScale". Begin the className of yours with the name of your package.',
    );
  });

  it("registering twice changes nothing, and a registry without networks loads stock layers", async () => {
    registerLayers(tiny.layers);
    registerLayers(tiny.layers);
    const input = tfl.input({ shape: [2] });
    const model = tfl.model({
      inputs: input,
      outputs: tfl.layers.dense({ units: 1 }).apply(input) as tfl.SymbolicTensor,
    });
    const none = createRegistry(
      definePlugin({
        name: "metrics-only",
        version: "1.0.0",
        components: [
          defineMetric({
            id: "m",
            summary: "",
            defaults: {},
            goal: "minimize",
            range: [0, null],
            accumulate: () => ({ add() {}, result: () => 0 }),
          }),
        ],
      }),
    );
    const loaded = await loadModel(tf.io.fromMemory(await save(model)), none);
    expect(loaded.countParams()).toBe(3);
  });
});

describe("a loss", () => {
  const giving = (compute: (truth: tf.Tensor4D, prediction: tf.Tensor4D) => unknown) =>
    // As an author in JavaScript writes it, whom no compiler stops.
    defineLoss({ id: "mine", summary: "", defaults: {}, compute: compute as () => tf.Scalar })();
  const maps = tf.zeros([2, 3, 3, 1]);

  it("that gives no scalar is named, with what it gave", () => {
    const each = giving((truth, prediction) => tf.squaredDifference(truth, prediction));
    expect(() => each.compute(maps, maps)).toThrow(
      'loss "mine" gives a tensor of the shape [2,3,3,1], where one number is needed. Take the mean of it',
    );
    expect(() => giving(() => 0.5).compute(maps, maps)).toThrow('loss "mine" gives 0.5, where a scalar tensor');
    expect(() => giving(async () => tf.scalar(1)).compute(maps, maps)).toThrow('loss "mine" gives a promise, where');
  });

  it("refuses maps of other shapes", () => {
    const first = giving((truth) => tf.mean(truth));
    expect(() => first.compute(maps, tf.zeros([2, 3, 3, 2]))).toThrow(
      'loss "mine" takes truth and prediction of one shape, [batch, height, width, 1], but was given [2,3,3,1] and [2,3,3,2].',
    );
    expect(() => first.compute(tf.zeros([9]), tf.zeros([9]))).toThrow("but was given [9] and [9].");
  });

  it("trains in a plain loop of tfjs-layers, where model.compile takes it as it is", async () => {
    const squared = giving((truth, prediction) => tf.mean(tf.squaredDifference(truth, prediction)));
    const trained = tfl.sequential({
      layers: [tfl.layers.conv2d({ filters: 1, kernelSize: 1, inputShape: [3, 3, 1] })],
    });
    trained.compile({ optimizer: tf.train.sgd(0.1), loss: squared.compute });
    const { history } = await trained.fit(tf.ones([4, 3, 3, 1]), tf.ones([4, 3, 3, 1]), { epochs: 20, verbose: 0 });
    const losses = history.loss as number[]; // a loss of numbers
    expect(losses.at(-1)).toBeLessThan((losses[0] as number) / 10);
  });
});

it("a loss and an optimizer hand their options on", () => {
  const scaled = defineLoss({
    id: "scaled",
    summary: "Mean squared error, scaled.",
    defaults: { factor: 1 },
    compute: (truth, prediction, { factor }: { factor: number }) =>
      tf.mul(tf.mean(tf.squaredDifference(truth, prediction)), factor) as tf.Scalar,
  });
  const truth = tf.tensor4d([1, 0], [1, 1, 2, 1]);
  const prediction = tf.tensor4d([0.5, 0.5], [1, 1, 2, 1]);
  expect(scaled({ factor: 8 }).compute(truth, prediction).arraySync()).toBe(2);

  const decayed = defineOptimizer({
    id: "decayed",
    summary: "Gradient descent at rate / steps.",
    defaults: { rate: 1 },
    create: ({ totalSteps }, { rate }: { rate: number }) => tf.train.sgd(rate / totalSteps),
  });
  const weight = tf.variable(tf.scalar(0));
  const optimizer = decayed({ rate: 5 }).create({ totalSteps: 10 });
  optimizer.minimize(() => tf.mul(weight, -2) as tf.Scalar);
  expect(weight.arraySync()).toBe(1); // rate 5 / 10, gradient -2
  expect(decayed().create({ totalSteps: 10 })).not.toBe(optimizer);
});
