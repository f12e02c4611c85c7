import { expect, it } from "vitest";
import { environmentOfWorker } from "../src/environment-of-worker.js";

it("worker i of n gets entry i mod g of g", () => {
  const devicesOf = (gpus: number, workers: number) => {
    const device = { workers: Array.from({ length: gpus }, (_, gpu) => ({ GPU: String(gpu) })) };
    return Array.from({ length: workers }, (_, worker) => environmentOfWorker(worker, device).GPU);
  };
  expect(devicesOf(2, 5)).toEqual(["0", "1", "0", "1", "0"]);
  expect(devicesOf(4, 2)).toEqual(["0", "1"]);
  expect(devicesOf(0, 2)).toEqual([undefined, undefined]);
  expect(environmentOfWorker(3, {})).toEqual({});
});
