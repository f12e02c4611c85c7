import { DeviceError } from "@em-stellar/core/training";
import { expect, it } from "vitest";
import { startTileWorkers, type TileWorkers } from "../../src/node/prediction/tile-workers.js";
import { inOrder } from "../../src/prediction/in-order.js";
import type { TileComputer } from "../../src/prediction/predict-image.js";

/** Threads that take one tile after another and run some JavaScript for each, which can `answer`; `null`: that take none. */
function workersOf(
  code: string | null,
  { size = 2, own }: { size?: number; own?: readonly TileComputer[] } = {},
): TileWorkers {
  const module = `import { parentPort, workerData } from "node:worker_threads";
    const answer = (message) => parentPort.postMessage(message);
    const work = async ({ order, taken, values, model }) => {
      if (${code !== null} && Atomics.compareExchange(taken, 0, 0, workerData.thread) === 0) { ${code} }
    };
    let last = Promise.resolve();
    parentPort.on("message", (order) => { last = last.then(() => work(order)); });`;
  const entry = new URL(`data:text/javascript,${encodeURIComponent(module)}`);
  return startTileWorkers({ size, entry, setup: { folder: "" }, models: 2, ...(own && { own }) });
}

const done = `answer({ type: "done", order, values: values.map((value) => 10 * value + model), peakBytes: 7 })`;

it("tiles come back in their order whichever thread is faster, for each model", async () => {
  const workers = workersOf(`await new Promise((go) => setTimeout(go, 40 - 10 * values[0])); ${done}`);
  for (const [model, computer] of workers.computers.entries()) {
    expect(computer.ahead).toBe(3);
    const found: number[] = [];
    const tiles = inOrder([1, 2, 3, 4], computer.ahead, (tile) => computer.predict(Float32Array.of(tile), 1, 1, 1));
    for await (const values of tiles) found.push(...values);
    expect(found).toEqual([10, 20, 30, 40].map((value) => value + model));
  }
  expect(workers.peakBytes()).toBe(14); // two threads
  await workers.close();
});

it.each([
  ["threads that are at work", done],
  ["a thread that has not started", null],
])("this thread predicts beside %s: each tile is computed once, by whoever takes it", async (_, code) => {
  const here: number[] = [];
  const predictHere = (model: number) => async (values: Float32Array) => {
    here.push(values[0] as number);
    return values.map((value) => 1000 + 10 * value + model);
  };
  const own = [0, 1].map((model) => ({ ahead: 1, predict: predictHere(model) }));
  const workers = workersOf(code, { size: 1, own });
  const [, computer] = workers.computers as [TileComputer, TileComputer]; // of two models
  expect(computer.ahead).toBe(3);
  const tiles = Array.from({ length: 40 }, (_, i) => i);
  const found: number[] = [];
  for await (const values of inOrder(tiles, 3, (tile) => computer.predict(Float32Array.of(tile), 1, 1, 1))) {
    found.push(...values);
    await new Promise((go) => setTimeout(go, 5)); // so that the other thread has time to start
  }
  expect(found).toEqual(tiles.map((tile) => (here.includes(tile) ? 1000 : 0) + 10 * tile + 1));
  expect(new Set(here).size).toBe(here.length);
  if (code === null) expect(here).toEqual(tiles);
  await workers.close();
});

it("what this thread cannot do is told of each tile", async () => {
  const broken = async () => {
    throw new DeviceError("no memory here");
  };
  const workers = workersOf(null, { size: 1, own: [0, 1].map(() => ({ ahead: 1, predict: broken })) });
  const predict = () => workers.computers[0]?.predict(Float32Array.of(1), 1, 1, 1).catch((error: unknown) => error);
  for (const error of await Promise.all([predict(), predict()])) {
    expect(error).toBeInstanceOf(DeviceError);
    expect(error).toMatchObject({ message: "no memory here" });
  }
  await workers.close();
});

it("what a thread cannot do, or its end, is told of each tile that waits, and of all after", async () => {
  const failing = [
    [`answer({ type: "failed", message: "no memory left", isDevice: true })`, "no memory left"],
    ["process.exit(3)", "A worker thread ended before its tile did. Try `workers: 1`."],
    [`throw new Error("lost")`, "lost"],
  ] as const;
  for (const [code, message] of failing) {
    const workers = workersOf(code);
    const [computer] = workers.computers;
    const predict = () => computer?.predict(Float32Array.of(1), 1, 1, 1).catch((error: unknown) => error);
    const errors = await Promise.all([predict(), predict(), predict()]);
    for (const error of [...errors, await predict()]) expect(error).toMatchObject({ message });
    if (code.includes("isDevice")) expect(errors[0]).toBeInstanceOf(DeviceError);
    await workers.close();
  }
});

it("items are begun as far ahead as is allowed, and an error waits for its turn", async () => {
  const begun: number[] = [];
  const results = inOrder([1, 2, 3, 4, 5], 2, async (item) => {
    begun.push(item);
    if (item === 3) throw new Error("the third");
    return item;
  });
  expect([(await results.next()).value, begun]).toEqual([1, [1, 2]]);
  expect([(await results.next()).value, begun]).toEqual([2, [1, 2, 3]]);
  await expect(results.next()).rejects.toThrow("the third");
});
