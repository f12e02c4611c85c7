import { matMul, tensor2d, tidy, zeros } from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { newBackend } from "./component.js";

it("computes, and tells the most bytes held at once", async () => {
  const device = await newBackend().start();
  expect(device).toMatchObject({ backend: "new-backend", description: "new-backend (plain JavaScript)" });
  const before = device.peakBytes();
  zeros([1000]).dispose();
  expect(device.peakBytes() - before).toBe(4000);
  tidy(() => {
    const [a, b] = [tensor2d([1, 2, 3, 4], [2, 2]), tensor2d([5, 6], [2, 1])];
    expect([...matMul(a, b).dataSync()]).toEqual([17, 39]); // 1 · 5 + 2 · 6, 3 · 5 + 4 · 6
  });
  await device.dispose();
});
