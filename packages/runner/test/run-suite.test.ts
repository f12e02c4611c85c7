import "@tensorflow/tfjs-backend-cpu";
import {
  binarize,
  createRegistry,
  decodeText,
  defineDataSource,
  defineEnsemble,
  defineExecutor,
  defineMetric,
  definePlugin,
  type JobId,
  memoryStore,
  type ProbabilityMap,
  type Results,
  type RunEvent,
  type RunStore,
  readJson,
  resultsSchema,
} from "@em-stellar/core";
import { applyLayer, type Device, defineLoss, defineNetwork } from "@em-stellar/core/training";
import { readProbabilityPng } from "@em-stellar/data";
import { defineSuite, runSuite, type SuiteDefinition } from "@em-stellar/runner";
import { mean, memory, mul, type Scalar, setBackend, type Tensor4D } from "@tensorflow/tfjs-core";
import { initializers, input, layers, model } from "@tensorflow/tfjs-layers";
import { beforeAll, describe, expect, it } from "vitest";
import { agreement, discData, discs, squaredError, stockAdam, tinyNet } from "./tiny.js";

const registry = createRegistry(
  definePlugin({ name: "tiny", version: "1.0.0", components: [agreement, discData, squaredError, stockAdam, tinyNet] }),
);
const mostLikely = defineEnsemble({
  id: "most-likely",
  summary: "The first prediction, for tests.",
  defaults: {},
  combine: ([first]) => first as ProbabilityMap, // a run combines two at least
});
const device: Device = {
  backend: "cpu",
  options: {},
  description: "cpu",
  details: {},
  prepare: (model) => model,
  peakBytes: () => memory().numBytes,
  dispose: async () => {},
};
const definition: SuiteDefinition = {
  name: "small",
  data: discData(),
  networks: [tinyNet()],
  loss: squaredError(),
  optimizer: stockAdam(),
  metrics: [agreement()],
  folds: 2,
  seeds: [1],
  training: { patch: 16, batchSize: 2, steps: 12, validateEvery: 4, checkpoints: ["agreement", "loss"] },
};

async function play(change: Partial<SuiteDefinition> = {}, store: RunStore = memoryStore()) {
  const events: RunEvent[] = [];
  for await (const event of runSuite(defineSuite({ ...definition, ...change }), { registry, device, store }))
    events.push(event);
  return { events, store, results: events.at(-1)?.type === "run-finished" ? resultsOf(events) : undefined };
}
function resultsOf(events: readonly RunEvent[]): Results {
  const last = events.at(-1);
  if (last?.type !== "run-finished") throw new Error("the run did not finish");
  return last.results;
}
/** Everything that must not depend on when a run was made. */
function numbersOf(results: Results | undefined) {
  return results?.methods.map(({ name, pooled, runs }) => ({
    name,
    pooled,
    runs: runs.map(({ fold, seed, pooled, perImage, history, checkpoint }) => ({
      fold,
      seed,
      pooled,
      perImage,
      checkpoint,
      history: history.map(({ seconds: _, ...point }) => point),
    })),
  }));
}
async function weightsOf(store: RunStore): Promise<Uint8Array[]> {
  const files = (await store.list("jobs")).filter((path) => path.endsWith("weights.bin"));
  return Promise.all(files.map(async (path) => (await store.read(path)) as Uint8Array));
}

beforeAll(async () => {
  await setBackend("cpu");
});

describe("a run", () => {
  it("trains every fold afresh, tells each step of the way, and leaves results that match its stored predictions", async () => {
    const tensorsBefore = memory().numTensors;
    const { events, store, results } = await play();
    expect(memory().numTensors).toBe(tensorsBefore);
    expect(events[0]).toMatchObject({
      type: "run-started",
      jobs: [
        { method: "tiny-net", fold: 0, seed: 1 },
        { method: "tiny-net", fold: 1, seed: 1 },
      ],
      finishedBefore: 0,
    });
    const validated = events.flatMap((event) => (event.type === "validation" ? [event.point.step] : []));
    expect(validated).toEqual([4, 8, 12, 4, 8, 12]);
    expect(resultsSchema.parse(await readJson(store, "results.json"))).toEqual(results);

    const run = results?.methods[0]?.runs[0];
    const image = results?.data.testImages[0];
    const file = await store.read(`${run?.predictions}/${image?.id}.png`);
    const prediction = readProbabilityPng(file as Uint8Array, "prediction");
    const truth = readProbabilityPng((await store.read(image?.truth as string)) as Uint8Array, "truth");
    let same = 0;
    for (let i = 0; i < truth.data.length; i++) {
      if ((truth.data[i] as number) > 0 === (prediction.data[i] as number) / 65535 > 0.5) same++;
    }
    expect(run?.perImage[0]?.values.agreement).toBe(same / truth.data.length);

    const statistics = results?.statistics;
    expect(statistics?.units).toEqual({ kind: "images", count: 2 });
    expect(statistics?.metrics.agreement).toMatchObject({
      resampled: "pooled score",
      leader: "tiny-net",
      methods: [{ method: "tiny-net", estimate: results?.methods[0]?.pooled.agreement }],
    });
    expect(statistics?.sentence).toBe(
      "Only tiny-net has a score on the 2 test images, so there is nothing to compare it with.",
    );
  });

  it("scores a metric that the suite has twice under two names, and ranks and chooses by either", async () => {
    const share = defineMetric({
      id: "share",
      summary: "Share of a class in the prediction, for tests.",
      defaults: { positive: "object" },
      goal: "maximize",
      range: [0, 1],
      accumulate({ positive }) {
        let [called, pixels] = [0, 0];
        return {
          add({ prediction }) {
            called += binarize(prediction).reduce((sum, value) => sum + value, 0);
            pixels += prediction.data.length;
          },
          result: () => (positive === "object" ? called : pixels - called) / pixels,
        };
      },
    });
    const { results, store } = await play({
      metrics: [share(), share({ positive: "background" })],
      rankBy: "share:background",
      training: { ...definition.training, checkpoints: ["share:background"] },
      ensembles: [{ combine: mostLikely(), top: 2, by: "share:background" }],
    });
    expect(results?.metrics.map(({ id, options }) => [id, options.positive])).toEqual([
      ["share", "object"],
      ["share:background", "background"],
    ]);
    for (const { pooled } of results?.methods ?? []) {
      expect((pooled.share ?? 0) + (pooled["share:background"] ?? 0)).toBeCloseTo(1, 12);
    }
    const [run] = results?.methods.find(({ kind }) => kind === "network")?.runs ?? [];
    expect(run?.checkpoint?.criterion).toBe("share:background");
    const csv = decodeText((await store.read("results.csv")) ?? new Uint8Array());
    expect(csv.split("\n")[0]).toBe("method,kind,fold,seed,state,image,share,share:background");
    // A colon is no part of a path on every system.
    for (const path of await store.list("")) expect(path).not.toContain(":");
  });

  it("gives the same weights for the same seed, to the bit, and others for another", async () => {
    const [first, second, other] = [await play(), await play(), await play({ seeds: [2] })];
    expect(numbersOf(second.results)).toEqual(numbersOf(first.results));
    expect(await weightsOf(second.store)).toEqual(await weightsOf(first.store));
    expect(await weightsOf(other.store)).not.toEqual(await weightsOf(first.store));
  });

  it("interrupted at any event and started again, ends as if nothing had happened", async () => {
    const whole = await play();
    for (const stopAt of [3, 9, whole.events.length - 3]) {
      const store = memoryStore();
      let seen = 0;
      for await (const _ of runSuite(defineSuite(definition), { registry, device, store }))
        if (++seen === stopAt) break;
      const { results } = await play({}, store);
      expect(numbersOf(results), `stopped at event ${stopAt}`).toEqual(numbersOf(whole.results));
      expect(await weightsOf(store)).toEqual(await weightsOf(whole.store));
    }
  });

  it("scores the weights that each criterion chose, as trainings that keep weights by this criterion alone do", async () => {
    const { range, accumulate } = agreement();
    const contrary = defineMetric({
      id: "contrary",
      summary: "Agreement, the less the better, for tests.",
      defaults: {},
      goal: "minimize",
      range,
      accumulate,
    });
    const metrics = [agreement(), contrary()];
    const runsOf = async (checkpoints: readonly string[]) =>
      (await play({ metrics, training: { ...definition.training, checkpoints } })).results?.methods[0]?.runs ?? [];
    const both = await runsOf(["agreement", "contrary"]);
    for (const criterion of ["agreement", "contrary"]) {
      const alone = await runsOf([criterion]);
      for (const [i, { pooled, checkpoint, validation, threshold, criteria }] of alone.entries()) {
        expect(criteria).toBeUndefined();
        expect(both[i]?.criteria?.find((each) => each.criterion === criterion)).toEqual({
          ...checkpoint,
          ...{ threshold, validation, pooled },
        });
      }
    }
    expect(both.some(({ criteria }) => criteria?.[0]?.step !== criteria?.[1]?.step)).toBe(true);
  });

  it("repeats no finished job, and adds the jobs that a longer list of seeds asks for", async () => {
    const { store } = await play();
    const again = await play({ seeds: [1, 2] }, store);
    const trained = again.events.flatMap((event) => (event.type === "job-started" ? [event.job] : []));
    expect(trained.map(({ seed }) => seed)).toEqual([2, 2]);
    expect(again.results?.methods[0]?.runs).toHaveLength(4);
  });

  it("refuses to mix two suites in one folder", async () => {
    const { store } = await play();
    await expect(play({ training: { ...definition.training, steps: 13 } }, store)).rejects.toThrow(
      /memory holds a run of "tiny-net" with other training: .*"steps":12.*"steps":13.*Choose another output folder/,
    );
    // Before anything is written, and whoever runs the jobs.
    const other = defineSuite({ ...definition, training: { ...definition.training, batchSize: 3 } });
    const idle = defineExecutor({ id: "idle", summary: "Does nothing.", defaults: {}, run: async function* () {} })();
    await expect(runSuite(other, { registry, device, store, executor: idle }).next()).rejects.toThrow("other training");
    expect(await readJson(store, "suite.json")).toMatchObject({ training: { batchSize: 2 } });
  });

  it("reports a loss that turns NaN as a failed job with its step, and goes on", async () => {
    let calls = 0; // the first is the check before the run
    const turnsNaN = defineLoss({
      id: "turns-nan",
      summary: "NaN from the third step on.",
      defaults: {},
      compute: (_, prediction) => mul(mean(prediction), ++calls >= 4 ? Number.NaN : 1),
    });
    const { events, results } = await play({ loss: [turnsNaN(), squaredError()] });
    expect(events).toContainEqual(
      expect.objectContaining({
        type: "job-failed",
        job: { method: "tiny-net+turns-nan", fold: 0, seed: 1 },
        step: 3,
        message: expect.stringContaining("the loss became NaN at step 3"),
      }),
    );
    const states = results?.methods.map(({ name, runs }) => [name, runs.map(({ state }) => state)]);
    expect(states).toContainEqual(["tiny-net+turns-nan", ["failed", "failed"]]);
    expect(states).toContainEqual(["tiny-net+squared-error", ["done", "done"]]);
    expect(results?.warnings.map(({ code }) => code)).toContain("job-failed");
  });
});

describe("a run warns", () => {
  it("of a head whose ReLU is dead, by name, and keeps the warning with the results", async () => {
    const deadNet = defineNetwork({
      id: "dead-net",
      summary: "Its ReLU lets nothing through.",
      defaults: {},
      stride: () => 1,
      build(_, shape) {
        const image = input({ shape: [...shape] });
        const biasInitializer = initializers.constant({ value: -1 });
        const dead = layers.conv2d({
          filters: 2,
          kernelSize: 1,
          activation: "relu",
          kernelInitializer: "zeros",
          biasInitializer,
        });
        const head = layers.conv2d({ filters: 1, kernelSize: 1, activation: "sigmoid" });
        return model({ inputs: image, outputs: applyLayer(head, applyLayer(dead, image)) });
      },
    });
    const { events, results } = await play({ networks: [deadNet()] });
    const named = events.flatMap((event) => (event.type === "warning" && event.job ? [event.code] : []));
    expect(named).toEqual(["dead-head", "dead-head"]); // once a fold
    expect(results?.warnings.map(({ message }) => message)).toContainEqual(
      expect.stringMatching(
        /^dead-net\/fold-0\/seed-1: every pixel of every validation image .* reaches the output any more/,
      ),
    );
  });

  it("stores a probability of exactly one half as background, where above one half leaves it", async () => {
    const undecided = defineNetwork({
      id: "undecided",
      summary: "sigmoid(0) everywhere.",
      defaults: {},
      stride: () => 1,
      build(_, shape) {
        const image = input({ shape: [...shape] });
        const zero = layers.conv2d({ filters: 1, kernelSize: 1, activation: "sigmoid", kernelInitializer: "zeros" });
        return model({ inputs: image, outputs: applyLayer(zero, image) });
      },
    });
    const still = stockAdam({ learningRate: 0 });
    const { results, store } = await play({ networks: [undecided()], optimizer: still });
    const run = results?.methods[0]?.runs[0];
    const file = await store.read(`${run?.predictions}/${results?.data.testImages[0]?.id}.png`);
    expect(new Set(readProbabilityPng(file as Uint8Array, "prediction").data)).toEqual(new Set([32767]));
  });

  it("of a test image that is nearly a training image", async () => {
    const leaking = defineDataSource({
      id: "leaking",
      summary: "The test image is the first training image.",
      defaults: {},
      open: async () => ({ train: discs(4), test: discs(1).map((sample) => ({ ...sample, id: "copy" })) }),
    });
    const { results } = await play({ data: leaking() });
    expect(results?.warnings).toContainEqual({
      code: "leak",
      message: expect.stringContaining('Test image "copy" is nearly the training image "disc-0"'),
    });
  });
});

describe("a run whose jobs did not all finish", () => {
  it("says which are missing from the scores", async () => {
    const firstOnly = defineExecutor({
      id: "first-only",
      summary: "Does the first job.",
      defaults: {},
      run: (plan, [first]) => plan.run(first as JobId), // a suite has one at least
    })();
    const store = memoryStore();
    const events: RunEvent[] = [];
    for await (const event of runSuite(defineSuite(definition), { registry, device, store, executor: firstOnly })) {
      events.push(event);
    }
    const { methods, warnings } = resultsOf(events);
    expect(methods[0]?.runs).toHaveLength(1);
    const unfinished = warnings.filter(({ code }) => code === "job-unfinished");
    expect(unfinished).toEqual([
      {
        code: "job-unfinished",
        job: { method: "tiny-net", fold: 1, seed: 1 },
        message: expect.stringMatching(/^tiny-net\/fold-1\/seed-1 did not finish.*Run the suite again/),
      },
    ]);
  });
});

describe("a run is refused before training", () => {
  it("more folds than groups", async () => {
    await expect(play({ folds: 3 })).rejects.toThrow(/3 folds.*2 groups/);
  });
  it("no test images", async () => {
    await expect(play({ data: discData({ test: 0 }) })).rejects.toThrow("has no test images");
  });
});

describe("what cannot be trained is named before anything is trained", () => {
  const head = (filters: number, strides: number) =>
    defineNetwork({
      id: "odd",
      summary: "One convolution",
      defaults: {},
      stride: () => 1,
      build(_, [height, width, channels]) {
        const image = input({ shape: [height, width, channels] });
        const layer = layers.conv2d({ filters, strides, kernelSize: 1, padding: "same", activation: "sigmoid" });
        return model({ inputs: image, outputs: applyLayer(layer, image) });
      },
    })();

  it.each([
    ["two channels", head(2, 1), "[16,16,2]"],
    ["half the resolution", head(1, 2), "[8,8,1]"],
  ])("a network with an output of %s", async (_, network, shape) => {
    const store = memoryStore();
    await expect(play({ networks: [tinyNet(), network] }, store)).rejects.toThrow(
      `network "odd" cannot be trained: it has an output of ${shape} for an image of 16 × 16, where [16,16,1] is needed.`,
    );
    expect(await store.list("jobs")).toEqual([]);
  });

  it("a loss that gives a map, or fails", async () => {
    const loss = (compute: (truth: Tensor4D, prediction: Tensor4D) => unknown) =>
      defineLoss({ id: "odd", summary: "", defaults: {}, compute: compute as () => Scalar })(); // as in JavaScript
    await expect(play({ loss: loss((truth, prediction) => mul(truth, prediction)) })).rejects.toThrow(
      'loss "odd" gives a tensor of the shape [1,4,4,1], where one number is needed.',
    );
    const failing = loss(() => {
      throw new Error("out of ideas");
    });
    await expect(play({ loss: failing })).rejects.toThrow('loss "odd" fails for 4 × 4 pixels: out of ideas');
  });
});
