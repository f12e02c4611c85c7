import { createRandom } from "@em-stellar/core";
import type { Device, Loss, Network, Optimizer } from "@em-stellar/core/training";
import {
  augment,
  changeIntensity,
  deform,
  drawElastic,
  drawIntensity,
  drawTransform,
  notebookAugmentation,
  paperAugmentation,
} from "@em-stellar/data/augmentation";
import { isExample } from "@em-stellar/kernels/testing";
import * as tf from "@tensorflow/tfjs-core";
import { builtins } from "em-stellar";
import { afterAll, beforeAll, expect, it } from "vitest";
import { computeCase } from "../packages/kernels/src/testing/check.js";
import { topics } from "./conformance/topics.js";
import { type Recording, recordKernels } from "./kernel-calls.js";

interface Training {
  readonly name: string;
  readonly network: Network;
  readonly loss: Loss;
  readonly optimizer: Optimizer;
  readonly steps: number;
}

/** Small, and with all that a network has of these options. */
const small: Readonly<Record<string, unknown>> = { baseFilters: 2, depth: 2, dropout: 0.5 };
const [aLoss, anOptimizer] = [builtins.get("loss", "jaccard-log")(), builtins.get("optimizer", "radam")()];
const aNetwork = builtins.get("network", "unet")({ baseFilters: 2, depth: 1, dropout: null });

const networks = builtins.list("network").flatMap((factory): Training[] => {
  const of = (name: string, options: Readonly<Record<string, unknown>>) => ({
    name: `${factory.id}${name}`,
    network: factory(Object.fromEntries(Object.entries(options).filter(([option]) => option in factory.defaults))),
    loss: aLoss,
    optimizer: anOptimizer,
    steps: 1,
  });
  return [of("", small), of(", other options", { ...small, head: "stable", spatialDropout: false })];
});
const losses = [
  ...builtins.list("loss").map((factory) => factory()),
  builtins.get("loss", "focal")({ gamma: 1.5 }),
].map((loss): Training => ({ name: loss.id, network: aNetwork, loss, optimizer: anOptimizer, steps: 1 }));
const optimizers = builtins.list("optimizer").flatMap((factory) => {
  const variants = [
    factory(),
    ...("weightDecay" in factory.defaults ? [factory({ weightDecay: 0.1 })] : []),
    ...(factory.id === "sgd" ? [factory({ momentum: 0 })] : []),
  ];
  // RAdam's sixth step is the first that divides by the second moment.
  return variants.map(
    (optimizer): Training => ({ name: factory.id, network: aNetwork, loss: aLoss, optimizer, steps: 6 }),
  );
});

/** Draws and augments a batch, takes steps, and predicts, as a run does. */
function train({ network, loss, optimizer, steps }: Training, device: Device): void {
  const random = createRandom("kernels");
  const seed = () => random.integer(2 ** 31);
  const side = network.stride;
  const model = device.prepare(network.build([null, null, 1], seed));
  const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable); // layer weights are variables
  const machine = optimizer.create({ totalSteps: steps });
  tf.tidy(() => {
    for (let step = 0; step < steps; step++) {
      const pixels = tf.randomUniform<tf.Rank.R4>([2, side, side, 1], 0, 1, "float32", seed());
      const masks = tf.cast<tf.Tensor4D>(tf.greater(pixels, 0.5), "float32");
      const batch = [paperAugmentation, notebookAugmentation].map((options) =>
        augment(
          pixels,
          masks,
          [0, 1].map(() => drawTransform(random, options, side)),
        ),
      );
      const straight = batch[step % 2] as (typeof batch)[number];
      const bends = [0, 1].map(() => drawElastic(random, { elastic: 3 }));
      const { images: moved, masks: truth } = deform(straight, bends, step % 2 === 0 ? "constant" : "reflect");
      const shades = { blur: side / 3, brightness: 0.1, contrast: 0.1, gamma: 0.1, noise: 0.1, cutOut: 0.5 };
      const draws = [0, 1].map(() => drawIntensity(random, shades, side));
      const images = changeIntensity(moved, draws, shades);
      machine.minimize(
        () => loss.compute(truth, model.apply(images, { training: true }) as tf.Tensor4D),
        false,
        variables,
      );
      loss.compute(truth, model.predict(images) as tf.Tensor4D);
    }
  });
  machine.dispose();
  model.dispose();
}

/** Every kernel that a training calls on a backend is called by a case of the conformance tests there. */
export function kernelCoverage(start: () => Promise<Device>): void {
  let device: Device;
  let recording: Recording;
  let checked: ReadonlySet<string>;
  beforeAll(async () => {
    device = await start();
    recording = recordKernels(device.backend);
    checked = recording.during(() => {
      for (const item of topics.flatMap(({ cases }) => cases)) {
        const before = new Set(Object.keys(tf.engine().registeredVariables));
        tf.tidy(() => {
          if (isExample(item)) item.run(device);
          else tf.dispose(computeCase(item, device)); // other outputs than the first are kept
        });
        for (const [name, variable] of Object.entries(tf.engine().registeredVariables)) {
          if (!before.has(name)) variable.dispose();
        }
      }
    });
  });
  afterAll(async () => {
    recording.end();
    await device.dispose();
  });

  const requireKnown = (training: Training) => {
    const unknown = [...recording.during(() => train(training, device))].filter((call) => !checked.has(call));
    expect(
      unknown,
      "needs a case in packages/kernels/src/testing, or in tests/conformance, that calls the same",
    ).toEqual([]);
  };
  it.each(networks)("the network $name", requireKnown);
  it.each(losses)("the loss $name", requireKnown);
  it.each(optimizers)("the optimizer $name", requireKnown);
}
