import { createRegistry } from "@em-stellar/core";
import * as tf from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import plugin, { cpu } from "../src/index.js";

it("tells the most bytes held at once", async () => {
  const device = await cpu().start();
  const before = device.peakBytes();
  tf.zeros([1000]).dispose();
  tf.zeros([500]).dispose();
  expect(device.peakBytes() - before).toBe(4000);
  await device.dispose();
});

it("is a plugin like any other", () => {
  expect(createRegistry(plugin).get("backend", "cpu")).toBe(cpu);
});
