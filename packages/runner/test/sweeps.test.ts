import { memoryStore, type RunEvent, type RunStore, readSealed } from "@em-stellar/core";
import { describeSuite, type NamedTraining, parseSuite, runSuite, type SuiteDefinition } from "@em-stellar/runner";
import { describe, expect, it } from "vitest";
import { methodsOf } from "../src/method.js";
import { subsetOf } from "../src/subset.js";
import { discData, squaredError, tinyNet } from "./tiny.js";
import { device, play as playTiny, registry, tinySuite, weightsOf } from "./tiny-run.js";

const usual = { patch: 8, batchSize: 2, steps: 2, validateEvery: 2 } as const;
const sweep = { name: "sweep", data: discData({ train: 8, test: 1, size: 16 }), training: usual };
const suiteWith = (change: Partial<SuiteDefinition>) => tinySuite({ ...sweep, ...change });
const batches: NamedTraining[] = [
  { ...usual, name: "batch-2" },
  { ...usual, name: "batch-4", batchSize: 4 },
];
const json = {
  name: "sweep",
  data: "discs",
  networks: ["tiny-net"],
  loss: "squared-error",
  optimizer: "stock-adam",
  metrics: ["agreement"],
};

async function play(suite: ReturnType<typeof suiteWith>, store: RunStore = memoryStore()) {
  for await (const event of runSuite(suite, { registry, device, store }))
    if (event.type === "run-finished") return { store, results: event.results };
  throw new Error("the run did not finish");
}
describe("a sweep", () => {
  it("crosses networks, losses, trainings and numbers of images, and names each method by what varies", () => {
    const names = (change: Partial<SuiteDefinition>) => methodsOf(suiteWith(change)).map(({ name }) => name);
    expect(names({ training: batches })).toEqual(["tiny-net+batch-2", "tiny-net+batch-4"]);
    expect(names({ training: batches.slice(0, 1) })).toEqual(["tiny-net"]);
    expect(names({ trainingImages: [1, 2] })).toEqual(["tiny-net+1-image", "tiny-net+2-images"]);
    const all = names({
      networks: [tinyNet(), tinyNet({ filters: 2 })],
      loss: [squaredError(), squaredError({ factor: 2 })],
      training: batches,
      trainingImages: [1, 2, 4],
    });
    expect(new Set(all).size).toBe(24);
    expect(all[4]).toBe("tiny-net-filters-4+squared-error-factor-1+batch-4+2-images");
  });

  it("of trainings trains each as a suite of its own would, to the bit, and records how", async () => {
    const sweep = await play(suiteWith({ training: batches }));
    for (const training of batches) {
      const { name, ...options } = training;
      const alone = await play(suiteWith({ training: options }));
      const weights = await weightsOf(sweep.store, `jobs/tiny-net+${name}`);
      expect(weights).toHaveLength(2);
      expect(weights).toEqual(await weightsOf(alone.store));
    }
    const { methods, training } = sweep.results;
    expect(Object.fromEntries(methods.map((method) => [method.name, method.training?.batchSize]))).toEqual({
      "tiny-net+batch-2": 2,
      "tiny-net+batch-4": 4,
    });
    expect(training).toMatchObject({ patch: 8, steps: 2 });
    expect(training).not.toHaveProperty("batchSize");
  });

  it("of training images learns from parts of each other, and from all as without it", async () => {
    const { store, results } = await play(suiteWith({ trainingImages: [1, 2, 4] }));
    expect(Object.fromEntries(results.methods.map(({ name, trainingImages }) => [name, trainingImages]))).toEqual({
      "tiny-net+1-image": 1,
      "tiny-net+2-images": 2,
      "tiny-net+4-images": 4,
    });
    for (const fold of [0, 1]) {
      const splitOf = async (method: string) => {
        const job = await readSealed(store, `jobs/tiny-net+${method}/fold-${fold}/seed-1/job.json`);
        return (job as { split: { train: string[]; validation: string[] } }).split; // written by the run
      };
      const [one, two, four] = [await splitOf("1-image"), await splitOf("2-images"), await splitOf("4-images")];
      expect([one.train.length, two.train.length]).toEqual([1, 2]);
      expect(two.train).toEqual(expect.arrayContaining(one.train));
      expect(four.train).toEqual(results.data.folds[fold]?.train);
      expect(one.validation).toEqual(four.validation);
    }
    const whole = await play(suiteWith({}));
    expect(await weightsOf(store, "jobs/tiny-net+4-images")).toEqual(await weightsOf(whole.store));
    expect(await weightsOf(store, "jobs/tiny-net+1-image")).not.toEqual(await weightsOf(whole.store));
  });

  it("survives being written out and read back", () => {
    const written = describeSuite(suiteWith({ training: batches, trainingImages: [2, 4] }), registry);
    const again = parseSuite(JSON.parse(JSON.stringify(written)), registry);
    expect(describeSuite(again, registry)).toEqual(written);
    expect(again.trainings.map(({ name }) => name)).toEqual(["batch-2", "batch-4"]);
  });
});

describe("one training", () => {
  it("under two names is done once, and scored under both", async () => {
    const twins: NamedTraining[] = [
      { ...usual, name: "whole" },
      { ...usual, name: "other", batchSize: 4 },
      { ...usual, name: "at-once", microBatch: 2 }, // of 2 patches: as they are
    ];
    const { events, store, results } = await playTiny({ ...sweep, training: twins, ensembles: [] });
    expect(events.filter(({ type }) => type === "job-started")).toHaveLength(4);
    expect((await store.list("jobs/tiny-net+at-once")).length).toBe(0);
    const methodOf = (name: string) => results?.methods.find((method) => method.name === name);
    expect(methodOf("tiny-net+at-once")).toMatchObject({ sameAs: "tiny-net+whole", training: { microBatch: 2 } });
    expect(methodOf("tiny-net+at-once")?.runs).toEqual(methodOf("tiny-net+whole")?.runs);
    expect(methodOf("tiny-net+whole")).not.toHaveProperty("sameAs");
    expect(results?.warnings.map(({ message }) => message)).toContain(
      "tiny-net+whole and tiny-net+at-once are one training: it was done once, and its scores stand under both names.",
    );
    const twice = await playTiny({ ...sweep, networks: [tinyNet(), tinyNet()] });
    expect(twice.results?.methods.map(({ name, sameAs }) => [name, sameAs])).toEqual([
      ["tiny-net-1", undefined],
      ["tiny-net-2", "tiny-net-1"],
    ]);
  });

  it("stays what it was where a suite compares more and calls it by another name, and back again", async () => {
    const store = memoryStore();
    const alone = await playTiny(sweep, store);
    const weights = await weightsOf(store);
    const losses = [squaredError(), squaredError({ factor: 2 })];
    const both = await playTiny({ ...sweep, loss: losses }, store);
    const started = (events: readonly RunEvent[]) =>
      events.flatMap((event) => (event.type === "job-started" ? [event.job.method] : []));
    expect(new Set(started(both.events))).toEqual(new Set(["tiny-net+squared-error-factor-2"]));
    expect(await weightsOf(store, "jobs/tiny-net+squared-error-factor-1")).toEqual(weights);
    expect(await store.list("jobs/tiny-net")).toEqual([]);
    const kept = both.results?.methods.find(({ name }) => name === "tiny-net+squared-error-factor-1");
    expect(kept?.pooled).toEqual(alone.results?.methods[0]?.pooled);
    expect(kept?.runs[0]?.predictions).toBe("jobs/tiny-net+squared-error-factor-1/fold-0/seed-1/predictions");
    const back = await playTiny(sweep, store);
    expect(started(back.events)).toEqual([]);
    expect(back.runs.map(({ pooled }) => pooled)).toEqual(alone.runs.map(({ pooled }) => pooled));
  });
});

describe("a sweep is refused, with the place", () => {
  it.each<[Partial<SuiteDefinition>, string]>([
    [{ training: [] }, "training is an empty list"],
    [{ training: [{ name: "a/b" }] }, "training[0].name becomes part of the names of methods"],
    [{ training: [batches[0] as NamedTraining, { ...usual, name: "batch-2" }] }, 'training[1].name is "batch-2", as'],
    [{ training: [batches[0] as NamedTraining, { ...usual, name: "b", patch: 7 }] }, "training[1].patch is 7"],
    [{ trainingImages: [] }, "trainingImages is an empty list"],
    [{ trainingImages: [2, 0] }, "trainingImages[1] must be a whole number of at least 1, but is 0"],
    [{ trainingImages: [2, 2] }, "trainingImages[1] is 2, which is already in the list"],
  ])("%j", (change, message) => {
    expect(() => suiteWith(change)).toThrow(message);
  });

  it("of its form", () => {
    const refusal = (training: unknown) => () => parseSuite({ ...json, training }, registry);
    expect(refusal([{ batchSize: 2 }])).toThrow('training[0].name is missing. It takes a text, such as "batch-8".');
    expect(refusal([{ name: "a", batchsize: 2 }])).toThrow('training[0] has no field "batchsize". Did you mean');
    expect(refusal({ batchSize: "2" })).toThrow('training.batchSize takes a number, but is "2".');
    expect(refusal("long")).toThrow('training takes an object, { … }, or a list of them, but is "long".');
  });

  it("where a fold has fewer images", async () => {
    await expect(play(suiteWith({ trainingImages: [2, 5] }))).rejects.toThrow(
      "trainingImages[1] is 5, but fold 0, counted from 0, learns from 4 images. Take at most 4.",
    );
  });
});

it("subsets are nested, keep their order, and begin with an image that has objects and background", () => {
  const empty = { objects: 0, width: 4, height: 4 };
  const both = { ...empty, objects: 3 };
  const samples = [empty, empty, both, empty, empty, empty, both, empty];
  const places = [0, 1, 2, 3, 5, 7]; // of which 2 alone has both
  for (const seed of ["1/0", "1/1", "2/0"]) {
    const subsets = [1, 2, 3, 6].map((count) => subsetOf(places, count, samples, seed));
    expect(subsets[0]).toEqual([2]);
    for (const [i, subset] of subsets.entries()) {
      expect(subset).toHaveLength([1, 2, 3, 6][i] as number);
      expect(subset).toEqual(subset.toSorted((a, b) => a - b));
      expect(subset).toEqual(expect.arrayContaining(subsets[i - 1] ?? []));
    }
  }
  const drawn = new Set(["1/0", "1/1", "2/0", "3/0"].map((seed) => subsetOf(places, 2, samples, seed).join()));
  expect(drawn.size).toBeGreaterThan(1);
});
