import "@tensorflow/tfjs-backend-cpu";
import "@tensorflow/tfjs-layers"; // brings the gradients
import { grad, ready, setBackend, type Tensor4D, tensor4d, tidy } from "@tensorflow/tfjs-core";
import { beforeAll, expect, it } from "vitest";
import { newLoss } from "./component.js";

beforeAll(async () => {
  await setBackend("cpu");
  await ready();
});

const pixels = (...values: number[]) => tensor4d(values, [1, 1, values.length, 1]);

it("four pixels, worked by hand", () => {
  tidy(() => {
    const [truth, prediction] = [pixels(1, 0, 1, 0), pixels(0.5, 0.25, 1, 0)];
    // (0.25 + 0.0625) / 4
    expect(newLoss().compute(truth, prediction).dataSync()[0]).toBeCloseTo(0.078125, 7);
    const gradient = grad((p) => newLoss().compute(truth, p as Tensor4D))(prediction);
    // 2 (p − y) / 4
    expect([...gradient.dataSync()]).toEqual([-0.25, 0.125, 0, 0].map((value) => expect.closeTo(value, 6)));
  });
});
