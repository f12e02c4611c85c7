import "@tensorflow/tfjs-backend-cpu";
import { createRandom, EmStellarError } from "@em-stellar/core";
import { type NetworkCheckOptions, networkChecks } from "@em-stellar/core/testing";
import { defineNetwork, type LayerClass, type Network } from "@em-stellar/core/training";
import * as tf from "@tensorflow/tfjs-core";
import { initializers, input, layers, model, type Shape, type SymbolicTensor } from "@tensorflow/tfjs-layers";
import { beforeAll, describe, expect, it } from "vitest";

beforeAll(() => tf.setBackend("cpu"));

type Symbolic = SymbolicTensor;

/** The parts of a small network; a broken one has some of its own. */
interface Parts {
  stride: number;
  layers: readonly LayerClass[];
  /** Of its input, for those that are asked for. */
  channels(asked: number): number;
  kernelInitializer(seed: () => number): ReturnType<typeof initializers.zeros>;
  /** What stands before the head. */
  body(x: Symbolic, seed: () => number): Symbolic;
  /** Of the head's initialiser; `null`: it starts from ones. */
  headSeed(seed: () => number): number | null;
  /** What follows the sigmoid. */
  tail(x: Symbolic): Symbolic | Symbolic[];
}

const sound: Parts = {
  stride: 1,
  layers: [],
  channels: (asked) => asked,
  kernelInitializer: (seed) => initializers.heNormal({ seed: seed() }),
  body: (x) => x,
  headSeed: (seed) => seed(),
  tail: (x) => x,
};

/** A layer, or a model that is used as one, behind others. */
const apply = (layer: layers.Layer, x: Symbolic | Symbolic[]) => layer.apply(x) as Symbolic;

/** Convolution, normalisation and ReLU, then one convolution with a sigmoid: sound, but for the parts that are given. */
function network(given: Partial<Parts> = {}): Network {
  const parts = { ...sound, ...given };
  return defineNetwork({
    id: "tiny",
    summary: "Two convolutions.",
    defaults: {},
    layers: parts.layers,
    stride: () => parts.stride,
    build(_, [height, width, channels], seed) {
      const image = input({ shape: [height, width, parts.channels(channels)] });
      const kernelInitializer = parts.kernelInitializer(seed);
      const first = layers.conv2d({ name: "first", filters: 4, kernelSize: 3, padding: "same", kernelInitializer });
      const x = parts.body(apply(layers.reLU(), apply(layers.batchNormalization(), apply(first, image))), seed);
      const headSeed = parts.headSeed(seed);
      const head = layers.conv2d({
        name: "head",
        filters: 1,
        kernelSize: 1,
        kernelInitializer: headSeed === null ? initializers.ones() : initializers.glorotUniform({ seed: headSeed }),
        activation: "sigmoid",
      });
      return model({ inputs: image, outputs: parts.tail(apply(head, x)) });
    },
  })();
}

/** The messages of the checks that a network fails, by their names. */
async function problemsOf(
  broken: Network,
  options: Partial<NetworkCheckOptions> = {},
): Promise<Readonly<Record<string, string>>> {
  const found: Record<string, string> = {};
  for (const { name, run } of networkChecks(broken, { side: 8, optimizer: () => tf.train.adam(0.03), ...options })) {
    await run().catch((error: EmStellarError) => {
      expect(error).toBeInstanceOf(EmStellarError);
      found[name] = error.message;
    });
  }
  return found;
}

/** x → factor · x. */
class Scale extends layers.Layer {
  static className = "EmStellarTestedScale";
  protected readonly factor: number;
  constructor(config: { factor?: number; name?: string }) {
    super(config);
    this.factor = config.factor ?? 1;
  }
  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.mul(this.only(inputs), this.factor);
  }
  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), factor: this.factor };
  }
  protected only(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return Array.isArray(inputs) ? (inputs[0] as tf.Tensor) : inputs;
  }
}

/** A sound network with this layer behind its ReLU. */
const withLayer = (own: LayerClass, config: object = {}): Partial<Parts> => ({
  layers: [own],
  body: (x) => apply(new own(config), x),
});

describe("a sound network", () => {
  it("passes every check, and has the parameters that can be counted by hand", async () => {
    // 3 · 3 · 1 · 4 + 4 of the first convolution, 4 + 4 of the normalisation, 4 + 1 of the head; 4 + 4 moving averages.
    const parameters = { trainable: 36 + 4 + 8 + 5, nonTrainable: 8 };
    expect(await problemsOf(network(), { parameters })).toEqual({});
    const names = networkChecks(network(), { parameters }).map(({ name }) => name);
    expect(names).toHaveLength(9);
    expect(networkChecks(network()).map(({ name }) => name)).toEqual(names.filter((name) => !/parameters/.test(name)));
  });

  it("passes with layers of its own and models as layers, and where a sum and a pooling stand between bias and normalisation", async () => {
    const body = (x: Symbolic, seed: () => number) => {
      const branches = ["left", "right"].map((name) => {
        const kernelInitializer = initializers.heNormal({ seed: seed() });
        return apply(layers.conv2d({ name, filters: 4, kernelSize: 1, kernelInitializer }), x);
      });
      const joined = apply(layers.concatenate(), [apply(layers.add(), branches), x]);
      const enlarged = apply(layers.upSampling2d({}), apply(layers.maxPooling2d({ poolSize: 2 }), joined));
      const inner = input({ shape: [null, null, 8] });
      const normalize = model({ inputs: inner, outputs: apply(layers.batchNormalization(), inner) });
      return apply(new Scale({ factor: 0.5 }), apply(normalize, enlarged));
    };
    expect(await problemsOf(network({ stride: 2, layers: [Scale], body }))).toEqual({});
  });

  it("passes where one of its seeds is unlucky: the head of the first is dead for good", async () => {
    const dead = networkSeed(1);
    const body = (x: Symbolic, seed: () => number) => apply(layers.rescaling({ scale: seed() === dead ? 0 : 1 }), x);
    expect(await problemsOf(network({ body }))).toEqual({});
    const unlucky = await problemsOf(network({ body }), { seeds: [1] });
    expect(Object.keys(unlucky)).toEqual(["gives every weight a gradient", "overfits a batch"]);
  });
});

/** What the network's second call of `seed()` gives, for its body. */
function networkSeed(seed: number): number {
  const random = createRandom(seed);
  random.integer(2 ** 31);
  return random.integer(2 ** 31);
}

describe("a broken network fails the check that is meant for it, and that alone", () => {
  const expectOnly = async (
    broken: Network,
    check: string,
    message: string,
    options: Partial<NetworkCheckOptions> = {},
  ) => {
    expect(await problemsOf(broken, options)).toEqual({ [check]: expect.stringContaining(message) });
  };

  it("that does not build: none of the others can be checked", async () => {
    const { builds, ...others } = await problemsOf(
      network({
        body: () => {
          throw new Error("No such thing.");
        },
      }),
    );
    expect(builds).toBe(
      'network "tiny" does not build for images of any × any × 1 (height × width × channels): No such thing.',
    );
    expect(new Set(Object.values(others))).toEqual(
      new Set(['network "tiny" cannot be checked for this, because it does not build.']),
    );
  });

  it("that takes one channel whatever it is told, or has two outputs", async () => {
    const single = await problemsOf(network({ channels: () => 1 }));
    expect(single.builds).toContain(
      "for images of any × any × 3 (height × width × channels) a model that takes [null,null,1]. It needs one input",
    );
    expect(single["gives a probability for each pixel"]).toContain("cannot be checked for this");
    expect(Object.keys(single)).toHaveLength(2);
    const two = await problemsOf(network({ tail: (x) => [x, apply(layers.reLU(), x)] }));
    expect(two.builds).toContain("a model that has 2 outputs. It needs one, the object's probabilities.");
  });

  it("that has other parameters than its author says", async () => {
    await expectOnly(
      network(),
      "has the parameters that its author declares",
      'network "tiny" has 53 trainable parameters and 8 others, but its author declares 49 and 8. Most are in first (40), ',
      { parameters: { trainable: 49, nonTrainable: 8 } },
    );
  });

  it("that uses a layer class which it does not list", async () => {
    await expectOnly(
      network({ ...withLayer(Scale), layers: [] }),
      "lists its own layers",
      'of the class "EmStellarTestedScale", which its definition does not list: saved models would not load. Add it: defineNetwork({ layers: [Scale], … }).',
    );
  });

  it("whose layer class has not the prefix of its package", async () => {
    await expectOnly(
      network(withLayer(Scale)),
      "lists its own layers",
      'a layer class named "EmStellarTestedScale", which a class of another package may be named too. Begin its className with "MyLab", as',
      { layerPrefix: "MyLab" },
    );
  });

  it("whose layer class has no prefix at all; a stranger's prefix is as good as ours", async () => {
    class Plain extends Scale {
      static override className = "Scale";
    }
    class Strangers extends Scale {
      static override className = "MyLabScale";
    }
    await expectOnly(
      network(withLayer(Plain)),
      "lists its own layers",
      'may be named too. Begin its className with the name of your package: "MyLabScale".',
    );
    expect(await problemsOf(network(withLayer(Strangers)))).toEqual({});
  });

  it("that registers no layer", async () => {
    class Unregistered extends Scale {
      static override className = "EmStellarTestedUnregistered";
    }
    const byHand = { ...network({ body: (x) => apply(new Unregistered({}), x) }), layers: [Unregistered] };
    await expectOnly(byHand, "lists its own layers", 'does not register its layer class "EmStellarTestedUnregistered"');
  });

  it("that starts from no seed, from one of its own, from one twice, or from none at all", async () => {
    const check = "starts from its seeds";
    const start = (kernelInitializer: Parts["kernelInitializer"]) => network({ kernelInitializer });
    const { heNormal, constant } = initializers;
    await expectOnly(
      start(() => heNormal({})),
      check,
      'an initialiser without a seed: "first/kernel" differs from build to build.',
    );
    await expectOnly(
      start(() => heNormal({ seed: 42 })),
      check,
      'the same in every training: "first.kernelInitializer".',
    );
    let last = 0;
    const twice = network({
      kernelInitializer(seed) {
        last = seed();
        return heNormal({ seed: last });
      },
      headSeed: () => last,
    });
    await expectOnly(twice, check, 'uses one seed twice, for "first.kernelInitializer" and "head.kernelInitializer".');
    const alike = network({ kernelInitializer: () => constant({ value: 0.1 }), headSeed: () => null });
    await expectOnly(
      alike,
      check,
      "starts from the same weights, whatever the seeds: every training would be the same.",
    );
  });

  it("whose output is no probability, or has another size", async () => {
    const check = "gives a probability for each pixel";
    const twelveTenths = network({ tail: (x) => apply(layers.rescaling({ scale: 1.2 }), x) });
    await expectOnly(twelveTenths, check, "where a probability from 0 to 1 is needed. End in a sigmoid");
    const body = (x: Symbolic) => apply(layers.upSampling2d({}), apply(layers.maxPooling2d({ poolSize: 2 }), x));
    await expectOnly(
      network({ body }),
      check,
      "gives [2,8,8,1] for 2 images of 8 × 9, 1 channel, where [2,8,9,1] is needed. Sides are multiples of its stride 1",
      { side: 16 },
    );
  });

  it("whose own layer says another shape than it gives", async () => {
    class Liar extends Scale {
      static override className = "EmStellarTestedLiar";
      override computeOutputShape([batch, height, width]: Shape): Shape {
        return [batch ?? null, height ?? null, width ?? null, 7];
      }
    }
    await expectOnly(
      network({ layers: [Liar], tail: (x) => apply(new Liar({}), x) }),
      "gives a probability for each pixel",
      "has an output of [8,8,7] for an image of 8 × 8, where [8,8,1] is needed.",
    );
  });

  it("that leaves a weight without a gradient", async () => {
    class Idle extends Scale {
      static override className = "EmStellarTestedIdle";
      override build(shape: Shape): void {
        this.addWeight("spare", [2], "float32", initializers.ones());
        super.build(shape);
      }
    }
    const check = "gives every weight a gradient";
    await expectOnly(
      network(withLayer(Idle, { name: "idle" })),
      check,
      'gives no gradient to "idle/spare", from none of the seeds 1, 2, 3',
    );
    // A branch that is multiplied by 0, of which the bias is also added elsewhere: it is not taken away.
    const body = (x: Symbolic, seed: () => number) => {
      const kernelInitializer = initializers.heNormal({ seed: seed() });
      const branch = apply(layers.conv2d({ name: "branch", filters: 4, kernelSize: 1, kernelInitializer }), x);
      return apply(layers.add(), [x, apply(layers.rescaling({ scale: 0 }), branch)]);
    };
    await expectOnly(network({ body }), check, 'gives no gradient to "branch/kernel" and "branch/bias"');
  });

  it("with a gradient that is no number: nor is the loss then", async () => {
    class Root extends Scale {
      static override className = "EmStellarTestedRoot";
      override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
        return tf.sqrt(this.only(inputs)); // of 0 behind a ReLU: its derivative is infinite
      }
    }
    const found = await problemsOf(network(withLayer(Root)));
    expect(found["gives every weight a gradient"]).toContain('gives "first/kernel", "first/bias"');
    expect(found["gives every weight a gradient"]).toContain("a gradient that is not a finite number (seed 1)");
    expect(found["overfits a batch"]).toContain("has a loss of NaN at step 2 of overfitting a batch (seed 1)");
    expect(Object.keys(found)).toHaveLength(2);
  });

  it("that cannot come near 0 or 1", async () => {
    await expectOnly(
      network({ tail: (x) => apply(layers.rescaling({ scale: 0.2, offset: 0.4 }), x) }),
      "overfits a batch",
      "does not learn two discs in noise: in 80 steps its cross-entropy falls to 0.5",
    );
  });

  it("whose own layer does not save its configuration, or does not load from it", async () => {
    class Forgetful extends Scale {
      static override className = "EmStellarTestedForgetful";
      override getConfig() {
        const { factor, ...config } = super.getConfig();
        return config;
      }
    }
    class Demanding extends Forgetful {
      static override className = "EmStellarTestedDemanding";
      constructor(config: { factor?: number; name?: string }) {
        if (config.factor === undefined) throw new Error("No factor was given.");
        super(config);
      }
    }
    const check = "saves and loads";
    await expectOnly(
      network(withLayer(Forgetful, { factor: 0.5, name: "half" })),
      check,
      'predicts differently after it was saved and loaded: the layer "half" (EmStellarTestedForgetful) gives a different result for the same input.',
    );
    await expectOnly(
      network(withLayer(Demanding, { factor: 0.5, name: "half" })),
      check,
      'does not load after it was saved: the layer "half" (EmStellarTestedDemanding): No factor was given.',
    );
  });

  it("that keeps tensors", async () => {
    class Hoarder extends Scale {
      static override className = "EmStellarTestedHoarder";
      override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
        tf.keep(tf.scalar(1));
        return super.call(inputs);
      }
    }
    class Litterer extends Scale {
      static override className = "EmStellarTestedLitterer";
      readonly one = tf.scalar(1);
    }
    const check = "leaves no tensor behind";
    // Each step calls it once, and so does the prediction.
    await expectOnly(
      network(withLayer(Hoarder, { name: "hoarder" })),
      check,
      'keeps 21 more tensors after 20 training steps and a prediction: the layer "hoarder" (EmStellarTestedHoarder) leaves some at each call.',
    );
    await expectOnly(network(withLayer(Litterer)), check, "leaves 1 tensor when its model is disposed of.");
  });
});

describe("networkChecks", () => {
  it("refuses options and strides of no use", () => {
    expect(() => networkChecks(network(), { seeds: [] })).toThrow(
      'at least one of "seeds" and of "steps", such as seeds [1, 2, 3]',
    );
    expect(() => networkChecks(network(), { steps: 0 })).toThrow('was given {"seeds":[1,2,3],"steps":0}');
    expect(() => networkChecks(network({ stride: 0.5 }))).toThrow(
      'network "tiny" has the stride 0.5. Sides must be multiples of a whole number above 0, such as 1 or 16.',
    );
  });

  it("trains what the device prepares, with the optimizer it is given", async () => {
    let prepared = 0;
    const found = await problemsOf(network(), {
      prepare(given) {
        prepared++;
        return given;
      },
      optimizer: () => tf.train.sgd(1e-9),
    });
    expect(Object.keys(found)).toEqual(["overfits a batch"]);
    expect(prepared).toBeGreaterThan(10);
  });

  it("leaves no tensor behind, whether checks fail or not, and no class registered", async () => {
    const { numTensors } = tf.memory();
    const known = Object.keys(tf.serialization.SerializationMap.getMap().classNameMap);
    class Unlisted extends Scale {
      static override className = "EmStellarTestedUnlisted";
    }
    await problemsOf(network({ body: (x) => apply(new Unlisted({}), x) }));
    expect(tf.memory().numTensors).toBe(numTensors);
    expect(Object.keys(tf.serialization.SerializationMap.getMap().classNameMap)).toEqual(known);
  });
});
