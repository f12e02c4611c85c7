import { DeviceError } from "@em-stellar/core/training";
import { expect, it } from "vitest";
import { startTileWorkers, type TileWorkers } from "../../src/node/prediction/tile-workers.js";
import { inOrder } from "../../src/prediction/in-order.js";

/** Threads that run some JavaScript for each tile, which can `answer`. */
function workersOf(code: string, size = 2): TileWorkers {
  const module = `import { parentPort } from "node:worker_threads";
    const answer = (message) => parentPort.postMessage(message);
    parentPort.on("message", async ({ values, model }) => { ${code} });`;
  const entry = new URL(`data:text/javascript,${encodeURIComponent(module)}`);
  return startTileWorkers({ size, entry, setup: { folder: "" }, models: 2 });
}

const done = `answer({ type: "done", values: values.map((value) => 10 * value + model), peakBytes: 7 })`;

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
