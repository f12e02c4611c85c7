import "@tensorflow/tfjs-backend-cpu";
import {
  createRegistry,
  defineDataSource,
  definePlugin,
  encodeText,
  memoryStore,
  type ProbabilityMap,
  type RunEvent,
  type Sample,
} from "@em-stellar/core";
import type { Device } from "@em-stellar/core/training";
import { defineSuite, openRun, readPlan, runJob, runSuite, type SuiteDefinition } from "@em-stellar/runner";
import { setBackend } from "@tensorflow/tfjs-core";
import { beforeAll, expect, it } from "vitest";
import { agreement, discs, squaredError, stockAdam, tinyNet } from "./tiny.js";

/** Counts what is read, and settles something. */
function countingData(train: Sample[], test: Sample[]) {
  const reads: string[] = [];
  const opened: unknown[] = [];
  const counting = (sample: Sample): Sample => ({
    ...sample,
    image: () => {
      reads.push(sample.id);
      return sample.image();
    },
  });
  const data = defineDataSource({
    id: "counting",
    summary: "Counts reads, for tests.",
    defaults: {},
    open: async (_, { settled }) => {
      opened.push(settled);
      return { train: train.map(counting), test: test.map(counting), settled: async () => ({ white: 255 }) };
    },
  });
  return { data, reads, opened };
}

const device: Device = {
  backend: "cpu",
  description: "cpu",
  details: {},
  options: {},
  prepare: (model) => model,
  peakBytes: () => 0,
  dispose: async () => {},
};
const definition = {
  name: "planned",
  networks: [tinyNet()],
  loss: squaredError(),
  optimizer: stockAdam(),
  metrics: [agreement()],
  folds: 2,
  training: { patch: 8, batchSize: 2, steps: 4, validateEvery: 2 },
} satisfies Omit<SuiteDefinition, "data">;

beforeAll(async () => {
  await setBackend("cpu");
});

function setUp(change: Partial<SuiteDefinition> = {}, train = discs(4), test = discs(2, { seed: 2, prefix: "test" })) {
  const { data, reads, opened } = countingData(train, test);
  const registry = createRegistry(
    definePlugin({ name: "t", version: "1.0.0", components: [agreement, squaredError, stockAdam, tinyNet, data] }),
  );
  const suite = defineSuite({ ...definition, data: data(), ...change });
  return { suite, options: { registry, device, store: memoryStore() }, reads, opened };
}
async function all(events: AsyncIterable<RunEvent>): Promise<RunEvent[]> {
  const list: RunEvent[] = [];
  for await (const event of events) list.push(event);
  return list;
}

it("reads each image once to plan, and a job that is opened from the plan reads those of its fold and the test images alone", async () => {
  const { suite, options, reads, opened } = setUp();
  const started = runSuite(suite, { ...options, opening: { by: "a test" } });
  await started.next(); // run-started: planned and described
  await started.return(undefined);
  expect(reads).toEqual(["disc-0", "disc-1", "disc-2", "disc-3", "test-0", "test-1"]);

  const plan = await readPlan(options.store);
  expect(plan.opening).toEqual({ by: "a test" });
  expect(plan.jobs).toEqual([
    { method: "tiny-net", fold: 0, seed: 1 },
    { method: "tiny-net", fold: 1, seed: 1 },
  ]);
  reads.length = 0;
  const run = await openRun(suite, options);
  expect(reads).toEqual([]);
  expect(opened).toEqual([undefined, { white: 255 }]); // what the first opening settled is handed to the second
  const events = await all(runJob(run, { method: "tiny-net", fold: 0, seed: 1 }));
  expect(events.at(-1)).toMatchObject({ type: "job-finished" });
  expect(new Set(reads).size).toBe(reads.length); // each once: all fit
});

it("trains the same weights through a cache that holds a single image", async () => {
  const weights = async (cacheBytes: number) => {
    const { suite, options } = setUp();
    const events = await all(runSuite(suite, { ...options, cacheBytes }));
    expect(events.at(-1)?.type).toBe("run-finished");
    return options.store.read("jobs/tiny-net/fold-1/seed-1/checkpoints/loss/weights.bin");
  };
  expect(await weights(2000)).toEqual(await weights(2 ** 20));
});

it("keeps predictions for a picked threshold within the bound too, with the same outcome", async () => {
  const results = async (cacheBytes: number) => {
    const { suite, options } = setUp({ training: { ...definition.training, threshold: "validation" } });
    const last = (await all(runSuite(suite, { ...options, cacheBytes }))).at(-1);
    return last?.type === "run-finished" ? last.results.methods[0]?.pooled : undefined;
  };
  expect(await results(2000)).toEqual(await results(2 ** 20));
});

it("a plan that another suite made, or that is damaged, is refused", async () => {
  const { suite, options } = setUp();
  await all(runSuite(suite, options));
  const other = defineSuite({ ...definition, data: suite.data, folds: 3 });
  await expect(openRun(other, options)).rejects.toThrow(
    'The suite "planned" has changed since the run in memory was planned: folds was 2, and is now 3. Start the run again: it says which parts can still be used.',
  );
  await options.store.write("plan.json", encodeText('{ "schemaVersion": 1, "checksum": "00" }'));
  await expect(openRun(suite, options)).rejects.toThrow("memory/plan.json is damaged: its checksum does not match");
  await options.store.remove("plan.json");
  await expect(openRun(suite, options)).rejects.toThrow(
    "plan.json is missing. Start the run once: it makes a plan first.",
  );
});

it("names the folder of a suite whose data moved, as where an environment variable is not set", async () => {
  const { suite, options } = setUp();
  const inFolder = (images: string) => ({ ...suite, data: { ...suite.data, options: { images, masks: "masks" } } });
  await all(runSuite(inFolder("/data/cardiac/images"), options));
  await expect(openRun(inFolder("data/cardiac/images"), options)).rejects.toThrow(
    'data.options.images was "/data/cardiac/images", and is now "data/cardiac/images". If its file takes a folder from an environment variable, set the variable as it was.',
  );
});

it("a fold whose training masks hold no object is refused before any training, with the remedy that works", async () => {
  const empty = (sample: Sample): Sample => ({
    ...sample,
    mask: async (): Promise<ProbabilityMap> => ({ width: 24, height: 24, data: new Uint8Array(24 * 24), maximum: 1 }),
  });
  const [a, b, c, d] = discs(4).map(({ group: _, ...sample }) => sample) as [Sample, Sample, Sample, Sample];
  const refused = async (train: Sample[], seed: number, stratify = false) => {
    const { suite, options } = setUp({ split: { seed, stratify } }, train);
    return runSuite(suite, options)
      .next()
      .then(
        () => "",
        (error: Error) => error.message,
      );
  };
  const messages = await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map((seed) => refused([a, b, empty(c), empty(d)], seed)));
  const wrong = messages.filter((message) => message !== "");
  expect(wrong.length).toBeGreaterThan(0); // both disc-0 and disc-1 in one fold
  expect(wrong.length).toBeLessThan(8);
  for (const message of wrong) {
    expect(message).toMatch(/^Fold \d, counted from 0, would learn from masks without any object.*\(disc-0, disc-1\)/);
    expect(message).toContain("Set split.stratify to true");
  }
  for (const seed of [1, 2, 3, 4, 5, 6, 7, 8]) expect(await refused([a, b, empty(c), empty(d)], seed, true)).toBe("");
  expect(await refused([a, empty(b), empty(c), empty(d)], 1)).toContain("Add training images that hold some");
});

it("warns of patches that are larger than training images, and refuses names that no file can have", async () => {
  const { suite, options } = setUp({ training: { ...definition.training, patch: 32 } });
  const events = await all(runSuite(suite, options));
  expect(events).toContainEqual({
    type: "warning",
    code: "patch-larger-than-image",
    message: expect.stringContaining(
      '4 training images are smaller than a patch of 32 × 32 pixels ("disc-0": 24 × 24)',
    ),
  });
  const long = setUp({}, discs(4, { prefix: "n".repeat(243) }));
  await expect(runSuite(long.suite, long.options).next()).rejects.toThrow(
    /The name of the image "n{40}…" has 245 bytes/,
  );
});
