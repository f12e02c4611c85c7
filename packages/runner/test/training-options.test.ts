import "@tensorflow/tfjs-backend-cpu";
import {
  createRegistry,
  definePlugin,
  memoryStore,
  type RunEvent,
  type RunStore,
  readSealed,
  writeSealed,
} from "@em-stellar/core";
import { type Device, defineNetwork, defineOptimizer } from "@em-stellar/core/training";
import { defineSuite, parseSuite, runSuite, type SuiteDefinition, type TrainingDefinition } from "@em-stellar/runner";
import { memory, setBackend, train } from "@tensorflow/tfjs-core";
import { initializers, input, layers, model } from "@tensorflow/tfjs-layers";
import { beforeAll, describe, expect, it } from "vitest";
import { agreement, discData, squaredError, stockAdam, tinyNet } from "./tiny.js";

/** Adam whose rate is 0 until a validation has been told: what a schedule on plateau needs. */
const waiting = defineOptimizer({
  id: "waiting",
  summary: "Adam after the first validation, for tests.",
  defaults: {},
  create: ({ validationLosses }) => {
    const optimizer = train.adam(0.02);
    const step = optimizer.applyGradients.bind(optimizer);
    return Object.assign(optimizer, {
      applyGradients(gradients: Parameters<typeof step>[0]) {
        if ((validationLosses?.() ?? []).length > 0) step(gradients);
      },
    });
  },
});
const registry = createRegistry(
  definePlugin({
    name: "tiny",
    version: "1.0.0",
    components: [agreement, discData, squaredError, stockAdam, tinyNet, waiting],
  }),
);
const device: Device = {
  backend: "cpu",
  options: {},
  description: "cpu",
  details: {},
  prepare: (model) => model,
  peakBytes: () => memory().numBytes,
  dispose: async () => {},
};
const usual = { patch: 8, batchSize: 4, steps: 4, validateEvery: 2, checkpoints: ["agreement", "loss"] } as const;
const suiteWith = (training: TrainingDefinition<"agreement">, change: Partial<SuiteDefinition> = {}) =>
  defineSuite({
    name: "small",
    data: discData({ train: 4, test: 1, size: 16 }),
    networks: [tinyNet()],
    loss: squaredError(),
    optimizer: stockAdam(),
    metrics: [agreement()],
    folds: 2,
    training: { ...usual, ...training },
    ...change,
  });

async function play(suite: ReturnType<typeof defineSuite>, store: RunStore = memoryStore()) {
  const events: RunEvent[] = [];
  for await (const event of runSuite(suite, { registry, device, store })) events.push(event);
  const last = events.at(-1);
  if (last?.type !== "run-finished") throw new Error("the run did not finish");
  const runs = last.results.methods.flatMap(({ runs }) => runs);
  return { events, store, results: last.results, runs };
}
async function filesOf(store: RunStore, name: string): Promise<Uint8Array[]> {
  const files = (await store.list("jobs")).filter((path) => path.endsWith(name)).sort();
  return Promise.all(files.map(async (path) => (await store.read(path)) as Uint8Array));
}
const historyOf = ({ runs }: Awaited<ReturnType<typeof play>>) =>
  runs.map(({ history, stopped, steps }) => ({
    history: history.map(({ seconds: _, ...point }) => point),
    stopped,
    steps,
  }));

beforeAll(async () => {
  await setBackend("cpu");
});

describe("with every option on", () => {
  const everything: TrainingDefinition<"agreement"> = {
    microBatch: 2,
    clipGradients: 0.05,
    averageWeights: 0.9,
    steps: 60,
    earlyStopping: { patience: 2, by: "agreement", minChange: 0.5 },
  };
  it("a run that is interrupted at any event ends as if nothing had happened, to the bit", async () => {
    const suite = suiteWith(everything);
    const whole = await play(suite);
    expect(whole.results.training).toMatchObject({ microBatch: 2, clipGradients: 0.05, averageWeights: 0.9 });
    // The first validation is the best, since nothing comes half of all pixels later; then two without a better one.
    expect(whole.runs.map(({ steps, stopped }) => [steps, stopped])).toEqual([
      [6, "patience"],
      [6, "patience"],
    ]);
    for (const stopAt of [6, whole.events.length - 3]) {
      const store = memoryStore();
      let seen = 0;
      for await (const _ of runSuite(suite, { registry, device, store })) if (++seen === stopAt) break;
      const resumed = await play(suite, store);
      expect(historyOf(resumed), `stopped at event ${stopAt}`).toEqual(historyOf(whole));
      expect(await filesOf(store, "weights.bin")).toEqual(await filesOf(whole.store, "weights.bin"));
      expect(await filesOf(store, ".png")).toEqual(await filesOf(whole.store, ".png"));
    }
  });

  it("leaves no tensor behind", async () => {
    const tensors = memory().numTensors;
    await play(suiteWith(everything));
    expect(memory().numTensors).toBe(tensors);
  });
});

describe("with activations computed again", () => {
  it("a training, interrupted or not, is the one without, to the bit", async () => {
    const [whole, again] = [await play(suiteWith({})), await play(suiteWith({ recompute: true }))];
    expect(again.results.training).toMatchObject({ recompute: true });
    const store = memoryStore();
    let seen = 0;
    for await (const _ of runSuite(suiteWith({ recompute: true }), { registry, device, store }))
      if (++seen === 7) break;
    for (const run of [again, await play(suiteWith({ recompute: true }), store)]) {
      expect(historyOf(run)).toEqual(historyOf(whole));
      expect(await filesOf(run.store, "weights.bin")).toEqual(await filesOf(whole.store, "weights.bin"));
    }
  });

  it("leaves no tensor behind", async () => {
    const tensors = memory().numTensors;
    await play(suiteWith({ recompute: true, microBatch: 2, clipGradients: 0.05 }));
    expect(memory().numTensors).toBe(tensors);
  });

  it("a network whose layer gives something else at each call is refused by its name", async () => {
    const noisy = defineNetwork({
      id: "noisy",
      summary: "A network with noise, for tests.",
      defaults: {},
      stride: () => 1,
      build(_, shape, seed) {
        const image = input({ shape: [...shape] });
        const noise = layers.gaussianNoise({ name: "noise", stddev: 1 }).apply(image);
        const kernelInitializer = initializers.heNormal({ seed: seed() });
        const output = layers
          .conv2d({ filters: 1, kernelSize: 1, activation: "sigmoid", kernelInitializer })
          .apply(noise);
        return model({ inputs: image, outputs: output as typeof image });
      },
    });
    const own = createRegistry(
      definePlugin({
        name: "noisy",
        version: "1.0.0",
        components: [agreement, discData, squaredError, stockAdam, noisy],
      }),
    );
    const suite = suiteWith({ recompute: true }, { networks: [noisy()] });
    const messages: string[] = [];
    for await (const event of runSuite(suite, { registry: own, device, store: memoryStore() }))
      if (event.type === "job-failed") messages.push(event.message);
    expect(messages).toHaveLength(2);
    expect(messages[0]).toMatch(
      /^training.recompute is true, but layer "noise" \(GaussianNoise\) of network "noisy" gives/,
    );
  });
});

it("averaged weights are validated and kept in place of the weights, and do not touch the training", async () => {
  const [plain, averaged] = [await play(suiteWith({})), await play(suiteWith({ averageWeights: 0.999 }))];
  const losses = ({ runs }: typeof plain) => runs.map(({ history }) => history.map(({ loss }) => loss));
  const validations = ({ runs }: typeof plain) =>
    runs.map(({ history }) => history.map(({ validation }) => validation));
  expect(losses(averaged)).toEqual(losses(plain));
  expect(validations(averaged)).not.toEqual(validations(plain));
  expect(await filesOf(averaged.store, "weights.bin")).not.toEqual(await filesOf(plain.store, "weights.bin"));
});

it("changed grey values are drawn by step, so that an interrupted run ends as if nothing had happened", async () => {
  const augmentation = {
    blur: 0.5,
    brightness: 0.3,
    contrast: 0.2,
    gamma: 0.3,
    noise: 0.2,
    cutOut: 0.3,
    elastic: 2,
    quarterTurns: true,
    validation: true,
  };
  const suite = suiteWith({ microBatch: 2 }, { augmentation });
  const whole = await play(suite);
  const store = memoryStore();
  let seen = 0;
  for await (const _ of runSuite(suite, { registry, device, store })) if (++seen === 7) break;
  expect(historyOf(await play(suite, store))).toEqual(historyOf(whole));
  expect(await filesOf(store, "weights.bin")).toEqual(await filesOf(whole.store, "weights.bin"));
  const plain = await play(suiteWith({ microBatch: 2 }));
  expect(await filesOf(plain.store, "weights.bin")).not.toEqual(await filesOf(whole.store, "weights.bin"));
});

it("a training ends when its minutes are over, validates, and says so; a schedule hears how much of it is over", async () => {
  const { runs, events } = await play(suiteWith({ steps: null, minutes: 0.004, validateEvery: 1000 }));
  for (const { steps, stopped, seconds, history } of runs) {
    expect(stopped).toBe("time");
    expect(steps).toBeGreaterThan(0);
    expect(history.map(({ step }) => step)).toEqual([steps]);
    expect(seconds).toBeGreaterThanOrEqual(0.24);
    expect(seconds).toBeLessThan(5);
  }
  expect(events.find(({ type }) => type === "job-started")).toMatchObject({ minutes: 0.004 });
});

it("an optimizer is told the validation losses so far", async () => {
  const { runs } = await play(suiteWith({}, { optimizer: waiting() }));
  const [first] = runs;
  const [untrained, trained] = first?.history ?? [];
  expect(untrained?.step).toBe(2);
  expect(trained?.loss).not.toBe(untrained?.loss);
  const { runs: idle } = await play(suiteWith({ steps: 2 }, { optimizer: waiting() }));
  expect(idle[0]?.history[0]?.validation).toEqual(untrained?.validation);
});

describe("a suite", () => {
  it("of minutes alone has no limit of steps; of early stopping alone goes by the first checkpoint", () => {
    const completed = (training: TrainingDefinition) => defineSuite(definitionOf(training)).trainings[0]?.options;
    expect(completed({ minutes: 30 })).toMatchObject({ steps: null, minutes: 30 });
    expect(completed({ minutes: 30, steps: 50 })?.steps).toBe(50);
    expect(completed({ checkpoints: ["agreement"], earlyStopping: {} })?.earlyStopping).toEqual({
      patience: 10,
      by: "agreement",
      minChange: 0,
    });
  });

  it.each<[TrainingDefinition, string]>([
    [
      { microBatch: 3 },
      "training.microBatch must be a whole number that divides training.batchSize (4), or null, but is 3.",
    ],
    [{ clipGradients: 0 }, "training.clipGradients is the largest norm of the gradients, a number above 0, such as 1"],
    [{ averageWeights: 1 }, "training.averageWeights is a decay between 0 and 1, such as 0.999, or null, but is 1."],
    [{ minutes: -1 }, "training.minutes must be a number above 0, or null for no limit, but is -1."],
    [{ steps: null }, "training.steps is null, so training.minutes must say when to end."],
    [
      { earlyStopping: { patience: 0 } },
      "training.earlyStopping.patience must be a whole number of at least 1, but is 0.",
    ],
    [{ earlyStopping: { minChange: -1 } }, "training.earlyStopping.minChange must be 0 or more, but is -1."],
    [
      { earlyStopping: { by: "agrement" } },
      'training.earlyStopping.by is "agrement", which is none of the suite\'s metrics. Did you mean "agreement"? Available: loss, agreement.',
    ],
  ])("is refused: %j", (training, message) => {
    expect(() => defineSuite(definitionOf(training))).toThrow(message);
  });

  it("is refused where an option stands in the wrong form, with its place", () => {
    const json = { ...textOf(), training: { earlyStopping: { patience: "5", after: 3 }, microBatch: [1] } };
    expect(() => parseSuite(json, registry)).toThrow(/training\.earlyStopping has no field "after"/);
    expect(() => parseSuite(json, registry)).toThrow(/training\.earlyStopping\.patience takes a number, but is "5"/);
    expect(() => parseSuite(json, registry)).toThrow(/training\.microBatch takes a number or null, but is \[1\]/);
  });
});

it("a job that a version before these options finished is the same job, where they are off", async () => {
  const suite = suiteWith({});
  const { store } = await play(suite);
  for (const path of (await store.list("jobs")).filter((file) => file.endsWith("job.json"))) {
    const job = (await readSealed(store, path)) as { training: Record<string, unknown> }; // written by the run
    for (const option of ["microBatch", "recompute", "minutes", "earlyStopping", "clipGradients", "averageWeights"]) {
      delete job.training[option];
    }
    await writeSealed(store, path, job);
  }
  const again = await play(suite, store);
  expect(again.events.filter(({ type }) => type === "job-started")).toEqual([]);
  await expect(play(suiteWith({ clipGradients: 1 }), store)).rejects.toThrow("with other training");
});

function definitionOf(training: TrainingDefinition): SuiteDefinition {
  const { data, networks, metrics } = suiteWith({});
  return {
    ...{ name: "small", data, networks, metrics, loss: squaredError(), optimizer: stockAdam() },
    training: { patch: 16, ...training },
  };
}

function textOf() {
  const [data, networks, loss] = ["discs", ["tiny-net"], "squared-error"];
  return { name: "small", data, networks, loss, optimizer: "stock-adam", metrics: ["agreement"] };
}
