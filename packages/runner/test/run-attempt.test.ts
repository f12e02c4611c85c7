import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import "@tensorflow/tfjs-backend-cpu";
import { createRegistry, definePlugin, type JobId, memoryStore, type RunEvent, type RunStore } from "@em-stellar/core";
import { type Device, defineLoss, defineOptimizer } from "@em-stellar/core/training";
import {
  collectResults,
  defineSuite,
  openRun,
  planSuite,
  resultOf,
  runAttempt,
  runJob,
  type SuiteDefinition,
} from "@em-stellar/runner";
import { folderStore } from "@em-stellar/runner/node";
import { mean, setBackend, squaredDifference, train } from "@tensorflow/tfjs-core";
import { beforeAll, expect, it } from "vitest";
import { agreement, discData, squaredError, stockAdam, tinyNet } from "./tiny.js";

const registry = createRegistry(
  definePlugin({ name: "tiny", version: "1.0.0", components: [agreement, discData, squaredError, stockAdam, tinyNet] }),
);
const device = (description = "cpu"): Device => ({
  backend: "cpu",
  description,
  details: {},
  options: {},
  prepare: (model) => model,
  peakBytes: () => 0,
  dispose: async () => {},
});
const definition: SuiteDefinition = {
  name: "attempts",
  data: discData(),
  networks: [tinyNet()],
  loss: squaredError(),
  optimizer: stockAdam(),
  metrics: [agreement()],
  folds: 2,
  training: { patch: 16, batchSize: 2, steps: 9, validateEvery: 3 },
};
const job: JobId = { method: "tiny-net", fold: 0, seed: 1 };
const place = "jobs/tiny-net/fold-0/seed-1";

beforeAll(async () => {
  await setBackend("cpu");
});

async function planned(change: Partial<SuiteDefinition> = {}, store: RunStore = memoryStore(), where = device()) {
  const suite = defineSuite({ ...definition, ...change });
  await planSuite(suite, { registry, device: where, store });
  return openRun(suite, { registry, device: where, store });
}

/** Goes on until an event of a type has come, or to the end. */
async function goOn(attempt: AsyncGenerator<RunEvent>, until?: RunEvent["type"]): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  for (let next = await attempt.next(); !next.done; next = await attempt.next()) {
    events.push(next.value);
    if (next.value.type === until) break;
  }
  return events;
}

/** Scores, learning curve and weights: everything that must not depend on how the job was done. */
async function findings(store: RunStore) {
  const { seconds: _, processorSeconds: __, history = [], ...result } = (await resultOf({ store }, job)) ?? {};
  const weights = (await store.list(place)).filter((path) => path.endsWith("weights.bin"));
  return {
    result,
    history: history.map(({ seconds: ___, ...point }) => point),
    weights: await Promise.all(weights.map(async (path) => [path, await store.read(path)])),
  };
}

async function straight() {
  const run = await planned();
  await goOn(runJob(run, job));
  return findings(run.store);
}

it("leaves in the job's folder what a job without attempts leaves", async () => {
  const run = await planned();
  const events = await goOn(runAttempt(run, job));
  expect(events.at(-1)).toMatchObject({ type: "job-finished", result: { state: "done", steps: 9 } });
  const whole = await straight();
  expect(whole.weights).toHaveLength(1);
  expect(await findings(run.store)).toEqual(whole);
  expect((await run.store.list(place)).filter((path) => path.includes("attempts"))).toEqual([]);
  expect(await goOn(runAttempt(run, job))).toEqual([]);
});

it("goes on from the attempt that got furthest, and ends as if it had never been interrupted", async () => {
  const run = await planned();
  await goOn(runAttempt(run, job), "validation").then((events) =>
    expect(events.at(-1)).toHaveProperty("point.step", 3),
  );
  const second = runAttempt(run, job);
  expect((await goOn(second, "job-started")).at(-1)).toMatchObject({ step: 3 });
  await goOn(second, "validation");
  const third = await goOn(runAttempt(run, job));
  expect(third.find(({ type }) => type === "job-started")).toMatchObject({ step: 6 });
  expect(await findings(run.store)).toEqual(await straight());
});

it("of two attempts at the same time the first that finishes is the result, and the other stops at its next validation", async () => {
  const run = await planned();
  const [slow, fast] = [runAttempt(run, job), runAttempt(run, job)];
  await goOn(slow, "job-started");
  expect((await goOn(fast)).at(-1)?.type).toBe("job-finished");
  const result = await run.store.read(`${place}/metrics.json`);
  const rest = await goOn(slow);
  expect(rest.flatMap((event) => (event.type === "validation" ? [event.point.step] : []))).toEqual([3]);
  expect(rest.map(({ type }) => type)).not.toContain("job-finished");
  expect(await run.store.read(`${place}/metrics.json`)).toEqual(result);
  expect((await run.store.list(place)).filter((path) => path.includes("attempts"))).toEqual([]);
});

it("three attempts that end at nearly the same time, in a folder, all end well and leave one result, five times", async () => {
  for (let round = 0; round < 5; round++) {
    const folder = mkdtempSync(join(tmpdir(), "em-stellar-attempts-"));
    const everyStep = { training: { ...definition.training, validateEvery: 1 } }; // all of them write all the time
    const run = await planned(everyStep, await folderStore(folder));
    await Promise.all(
      Array.from({ length: 3 }, async () => goOn(runAttempt({ ...run, store: await folderStore(folder) }, job))),
    );
    expect(await resultOf(run, job)).toMatchObject({ state: "done", steps: 9 });
    expect((await run.store.list(place)).filter((path) => path.includes("attempts"))).toEqual([]);
    rmSync(folder, { recursive: true });
  }
});

it("a training that is stopped between two validations goes on from the step that it had reached", async () => {
  const slow = defineLoss({
    id: "slow",
    summary: "Mean squared error that takes its time, for tests.",
    defaults: {},
    compute(truth, prediction) {
      for (const end = performance.now() + 25; performance.now() < end; );
      return mean(squaredDifference(truth, prediction));
    },
  });
  // tfjs's Adam rounds its powers of beta otherwise after it was restored; momentum is restored to the bit.
  const momentum = defineOptimizer({
    id: "momentum",
    summary: "tfjs's SGD with momentum, for tests.",
    defaults: {},
    create: () => train.momentum(0.1, 0.9),
  });
  const change = {
    loss: slow(),
    optimizer: momentum(),
    training: { ...definition.training, steps: 40, validateEvery: 40 },
  };
  const stopping = new AbortController();
  const first = { ...(await planned(change)), signal: stopping.signal };
  const stopped = async () => {
    for await (const event of runAttempt(first, job)) {
      if (event.type === "step") stopping.abort(new Error("enough"));
    }
  };
  await expect(stopped()).rejects.toThrow("enough");
  const { signal: _, ...again } = first;
  const started = (await goOn(runAttempt(again, job))).find(({ type }) => type === "job-started");
  expect(started).toHaveProperty(
    "step",
    expect.toSatisfy((step: number) => step > 0 && step < 40),
  );
  const whole = await planned(change);
  await goOn(runJob(whole, job));
  expect(await findings(first.store)).toEqual(await findings(whole.store));
});

it("does not go on from an attempt that was made with other options", async () => {
  const { store } = await planned({ optimizer: stockAdam({ learningRate: 0.1 }) });
  const other = await planned({ optimizer: stockAdam({ learningRate: 0.1 }) }, store);
  await goOn(runAttempt(other, job), "validation");
  const run = await planned({}, store);
  const started = (await goOn(runAttempt(run, job))).find(({ type }) => type === "job-started");
  expect(started).toMatchObject({ step: 0 });
  expect(await findings(store)).toEqual(await straight());
});

it("a job that failed says so until it is tried again", async () => {
  const upwards = defineOptimizer({
    id: "upwards",
    summary: "SGD away from the minimum, beyond all numbers at the first step, for tests.",
    defaults: {},
    create: () => train.sgd(-1e38),
  });
  const run = await planned({ optimizer: upwards() });
  const events = await goOn(runAttempt(run, job));
  expect(events.at(-1)).toMatchObject({ type: "job-failed", cause: "loss" });
  expect(await resultOf(run, job)).toMatchObject({ state: "failed", failure: expect.stringContaining("became NaN") });
  await goOn(runAttempt(run, job), "job-started");
  expect(await resultOf(run, job)).toBeUndefined();
});

it("results name the devices of the jobs, and warn where they differ", async () => {
  const store = memoryStore();
  for (const [fold, name] of ["small GPU", "large GPU"].entries()) {
    await goOn(runAttempt(await planned({}, store, device(name)), { ...job, fold }));
  }
  const last = (await goOn(collectResults(await planned({}, store, device("of whoever collects"))))).at(-1);
  expect(last).toMatchObject({
    type: "run-finished",
    results: {
      environment: { backend: "cpu", device: "large GPU, small GPU" },
      warnings: expect.arrayContaining([
        {
          code: "different-devices",
          message: expect.stringContaining("(cpu (large GPU): 1; cpu (small GPU): 1)"),
        },
      ]),
    },
  });
});
