import type { MathBackendCPU } from "@tensorflow/tfjs-backend-cpu";
import "@tensorflow/tfjs-backend-cpu";
import "@tensorflow/tfjs-backend-wasm";
import { createRandom } from "@em-stellar/core";
import type { Loss } from "@em-stellar/core/training";
import { type OverlapLoss, overlapLossKernel, type PixelLoss, pixelLossKernel } from "@em-stellar/kernels";
import * as tf from "@tensorflow/tfjs-core";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { binaryCrossEntropy, combined, dice, diceEq6, focal, jaccardLog } from "../src/index.js";

/** The published formulas, in float64, pixel by pixel: what values and gradients are checked against. */
type Formula = (truth: readonly number[], prediction: readonly number[]) => number;
const meanOf =
  (pixel: (y: number, p: number) => number): Formula =>
  (truth, prediction) =>
    truth.reduce((total, y, i) => total + pixel(y, prediction[i] as number), 0) / truth.length;
const overlapOf =
  (combine: (intersection: number, truth: number, prediction: number) => number): Formula =>
  (truth, prediction) => {
    const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
    return combine(sum(truth.map((y, i) => y * (prediction[i] as number))), sum(truth), sum(prediction));
  };
const focalOf = (alpha: number, gamma: number) =>
  meanOf((y, p) => -alpha * y * (1 - p) ** gamma * Math.log(p) - (1 - alpha) * (1 - y) * p ** gamma * Math.log(1 - p));

const cases: readonly [string, Loss, Formula][] = [
  ["binary cross-entropy", binaryCrossEntropy(), meanOf((y, p) => -(y * Math.log(p) + (1 - y) * Math.log(1 - p)))],
  ["focal", focal(), focalOf(0.25, 2)],
  ["focal, γ = 1.5", focal({ alpha: 0.6, gamma: 1.5 }), focalOf(0.6, 1.5)],
  ["Jaccard-log", jaccardLog(), overlapOf((i, y, p) => -Math.log((i + 1) / (p + y - i + 1)))],
  [
    "Jaccard-log, δ = 0.1",
    jaccardLog({ smooth: 0.1 }),
    overlapOf((i, y, p) => -Math.log((i + 0.1) / (p + y - i + 0.1))),
  ],
  ["dice", dice(), overlapOf((i, y, p) => -(2 * i + 1) / (p + y + 1))],
  [
    "combined: cross-entropy + dice",
    combined(),
    (truth, prediction) =>
      meanOf((y, p) => -(y * Math.log(p) + (1 - y) * Math.log(1 - p)))(truth, prediction) +
      overlapOf((i, y, p) => -(2 * i + 1) / (p + y + 1))(truth, prediction),
  ],
  [
    "combined: 0.5 focal + 2 Jaccard-log",
    combined({ binaryCrossEntropy: 0, dice: 0, focal: 0.5, jaccardLog: 2, alpha: 0.6, gamma: 1.5, smooth: 0.1 }),
    (truth, prediction) =>
      0.5 * focalOf(0.6, 1.5)(truth, prediction) +
      2 * overlapOf((i, y, p) => -Math.log((i + 0.1) / (p + y - i + 0.1)))(truth, prediction),
  ],
  ["dice as printed", diceEq6(), overlapOf((i, y, p) => -(i + 1) / (p + y + 1))],
];

const pixels = (values: readonly number[]) => tf.tensor4d([...values], [2, 1, values.length / 2, 1]);

function lossOf(loss: Loss, truth: readonly number[], prediction: readonly number[]): number {
  return tf.tidy(() => loss.compute(pixels(truth), pixels(prediction)).dataSync()[0] as number);
}

function gradientOf(loss: Loss, truth: readonly number[], prediction: readonly number[]): number[] {
  return tf.tidy(() => {
    const gradient = tf.grad((p) => loss.compute(pixels(truth), p as tf.Tensor4D));
    return [...gradient(pixels(prediction)).dataSync()];
  });
}

const random = createRandom("losses");
const truth = Array.from({ length: 40 }, () => Number(random.next() < 0.3));
const prediction = truth.map(() => random.uniform(0.01, 0.99));

describe.each(["cpu", "wasm"])("on %s", (backend) => {
  beforeAll(async () => {
    await tf.setBackend(backend);
  });

  it("four pixels, worked by hand", () => {
    const [y, p] = [
      [1, 0, 1, 0],
      [0.8, 0.4, 0.5, 0.1],
    ] as const;
    // −(ln 0.8 + ln 0.6 + ln 0.5 + ln 0.9) / 4
    expect(lossOf(binaryCrossEntropy(), y, p)).toBeCloseTo(0.3831192, 6);
    // (¼·0.2²·0.22314 + ¾·0.4²·0.51083 + ¼·0.5²·0.69315 + ¾·0.1²·0.10536) / 4
    expect(lossOf(focal(), y, p)).toBeCloseTo(0.0269106, 6);
    // I = 1.3, Σp = 1.8, Σy = 2
    expect(lossOf(jaccardLog(), y, p)).toBeCloseTo(Math.log(3.5 / 2.3), 6);
    expect(lossOf(dice(), y, p)).toBeCloseTo(-3.6 / 4.8, 6);
    expect(lossOf(diceEq6(), y, p)).toBeCloseTo(-2.3 / 4.8, 6);
  });

  it.each(cases)("%s: value and gradient are those of the formula", (_, loss, formula) => {
    expect(lossOf(loss, truth, prediction)).toBeCloseTo(formula(truth, prediction), 5);
    const gradient = gradientOf(loss, truth, prediction);
    const h = 1e-6;
    const expected = prediction.map((p, i) => {
      const slope = (step: number) => formula(truth, prediction.with(i, p + step));
      return (slope(h) - slope(-h)) / (2 * h);
    });
    const largest = Math.max(...expected.map(Math.abs));
    for (const [i, value] of expected.entries()) {
      expect(Math.abs((gradient[i] as number) - value) / largest).toBeLessThan(3e-6);
    }
  });

  it.each(cases)("%s: nothing is lower than the truth itself, and saturated pixels are finite", (_, loss) => {
    const best = lossOf(loss, truth, truth);
    const worst = lossOf(
      loss,
      truth,
      truth.map((y) => 1 - y),
    );
    const between = lossOf(loss, truth, prediction);
    expect(best).toBeLessThan(between);
    expect(between).toBeLessThan(worst);
    expect(Number.isFinite(worst)).toBe(true);
    const gradient = gradientOf(loss, truth, [...truth.slice(0, 20), ...truth.slice(20).map((y) => 1 - y)]);
    expect(gradient.every(Number.isFinite)).toBe(true);
  });

  it("the best values: 0, 0, 0, −1, and −½ where the factor 2 is missing", () => {
    const many = Array.from({ length: 20000 }, (_, i) => i % 2);
    const best = [binaryCrossEntropy(), focal(), jaccardLog(), dice(), diceEq6()].map((loss) =>
      lossOf(loss, many, many),
    );
    for (const [i, value] of [0, 0, 0, -1, -0.5].entries()) expect(best[i]).toBeCloseTo(value, 4);
  });

  it("a prediction of 0 or 1 counts as 1e-7 from it, and has no gradient in the losses with a logarithm of p", () => {
    expect(lossOf(binaryCrossEntropy(), [1, 1], [0, 0])).toBeCloseTo(-Math.log(1e-7), 5);
    for (const loss of [binaryCrossEntropy(), focal()]) {
      expect(gradientOf(loss, [1, 0], [0, 1]).map(Math.abs)).toEqual([0, 0]);
    }
  });

  it.each(cases)("%s: NaN in, NaN out, so that a diverged training is noticed", (_, loss) => {
    expect(lossOf(loss, [0, 1, 0, 1], [0.5, Number.NaN, 0.5, 0.5])).toBeNaN();
    expect(lossOf(loss, [0, 1, 0, 1], [Number.NaN, 0.5, 0.5, 0.5])).toBeNaN();
  });

  it("overlap is measured over the batch as a whole, so an empty image does not count for itself", () => {
    // First image empty and predicted empty, second half right: I = 1, Σp = 2, Σy = 2.
    expect(lossOf(jaccardLog(), [0, 0, 0, 1, 1, 0], [0, 0, 0, 1, 0, 1])).toBeCloseTo(Math.log(4 / 2), 6);
    // Nothing there and nothing predicted: perfect.
    expect(lossOf(jaccardLog(), [0, 0], [0, 0])).toBeCloseTo(0, 6);
    expect(lossOf(dice(), [0, 0], [0, 0])).toBeCloseTo(-1, 6);
  });

  it("focal loss without focus is half the cross-entropy", () => {
    const flat = lossOf(focal({ alpha: 0.5, gamma: 0 }), truth, prediction);
    expect(2 * flat).toBeCloseTo(lossOf(binaryCrossEntropy(), truth, prediction), 5);
  });

  it("leaves one tensor behind: the loss", () => {
    for (const [, loss] of cases) {
      const inputs = [pixels(truth), pixels(prediction)] as const;
      const { numTensors } = tf.memory();
      const value = tf.tidy(() => loss.compute(...inputs));
      expect(tf.memory().numTensors - numTensors).toBe(1);
      tf.dispose([value, ...inputs]);
    }
  });
});

it("sums of a million pixels keep four digits on wasm, in float32", async () => {
  await tf.setBackend("wasm");
  const shape: [number, number, number, number] = [4, 512, 512, 1];
  const [objects, thirds] = [tf.ones(shape), tf.fill(shape, 1 / 3)] as [tf.Tensor4D, tf.Tensor4D];
  const of = (loss: Loss) => tf.tidy(() => loss.compute(objects, thirds).dataSync()[0]);
  expect(of(binaryCrossEntropy())).toBeCloseTo(Math.log(3), 4);
  expect(of(jaccardLog())).toBeCloseTo(Math.log(3), 4);
  expect(of(dice())).toBeCloseTo(-1 / 2, 4);
  tf.dispose([objects, thirds]);
});

describe("by kernels of the backend", () => {
  beforeAll(async () => {
    await tf.setBackend("cpu");
  });
  afterEach(() => {
    for (const name of [pixelLossKernel, overlapLossKernel]) {
      if (tf.getKernel(name, "cpu")) tf.unregisterKernel(name, "cpu");
    }
  });

  type Plain = (truth: Float32Array, prediction: Float32Array) => { loss: number; gradient: number[] };

  /** Registers a kernel on the backend in plain JavaScript; counts its calls. */
  function register(kernelName: string, compute: (attrs: unknown) => Plain): { calls: number } {
    const counter = { calls: 0 };
    tf.registerKernel({
      kernelName,
      backendName: "cpu",
      kernelFunc({ inputs, attrs, backend }) {
        counter.calls++;
        const cpu = backend as MathBackendCPU;
        const { truth, prediction } = inputs as { truth: tf.TensorInfo; prediction: tf.TensorInfo };
        const [y, p] = [truth, prediction].map(({ dataId }) => cpu.readSync(dataId) as Float32Array);
        const { loss, gradient } = compute(attrs)(y as Float32Array, p as Float32Array);
        return [
          cpu.makeTensorInfo([], "float32", Float32Array.of(loss)),
          cpu.makeTensorInfo(prediction.shape, "float32", Float32Array.from(gradient)),
        ];
      },
    });
    return counter;
  }

  /** The contract's formula and its derivative. */
  const pixel =
    ({ object, background, gamma }: PixelLoss): Plain =>
    (truth, prediction) => {
      const n = truth.length;
      const terms = [...prediction].map((given, i) => {
        const [y, p] = [truth[i] as number, Math.min(1 - 1e-7, Math.max(1e-7, given))];
        const [q, a, b] = [1 - p, object * y, background * (1 - y)];
        const slope =
          a * (q ** gamma / p - gamma * q ** (gamma - 1) * Math.log(p)) -
          b * (p ** gamma / q - gamma * p ** (gamma - 1) * Math.log(q));
        return { loss: -a * q ** gamma * Math.log(p) - b * p ** gamma * Math.log(q), slope: p === given ? -slope : 0 };
      });
      return {
        loss: terms.reduce((sum, { loss }) => sum + loss, 0) / n,
        gradient: terms.map(({ slope }) => slope / n),
      };
    };
  const overlap =
    ({ numerator, denominator, smooth, logarithm }: OverlapLoss): Plain =>
    (truth, prediction) => {
      const sum = (f: (y: number, p: number) => number) =>
        prediction.reduce((total, p, i) => total + f(truth[i] as number, p), 0);
      const both = sum((y, p) => y * p);
      const [a, b] = [numerator * both + smooth, sum((y, p) => y + p) - denominator * both + smooth];
      const byPixel = (y: number) => {
        const [da, db] = [numerator * y, 1 - denominator * y];
        return logarithm ? db / b - da / a : (a * db - b * da) / b ** 2;
      };
      return { loss: logarithm ? -Math.log(a / b) : -a / b, gradient: [...truth].map(byPixel) };
    };

  it.each(cases)(
    "%s: found by name, once for value and gradient, with the numbers that give what the composed loss gives",
    (_, loss) => {
      const composed = [lossOf(loss, truth, prediction), ...gradientOf(loss, truth, prediction)];
      const counters = [
        register(pixelLossKernel, (attrs) => pixel(attrs as PixelLoss)),
        register(overlapLossKernel, (attrs) => overlap(attrs as OverlapLoss)),
      ];
      const found = tf.tidy(() => {
        // Half the loss: what flows back into it is not 1.
        const half = (p: tf.Tensor) => tf.div(loss.compute(pixels(truth), p as tf.Tensor4D), 2);
        const { value, grad } = tf.valueAndGrad(half)(pixels(prediction));
        return [...value.dataSync(), ...grad.dataSync()];
      });
      expect(counters.reduce((sum, { calls }) => sum + calls, 0)).toBe(loss.id === "combined" ? 2 : 1); // of two losses
      for (const [i, value] of found.entries()) expect(2 * value).toBeCloseTo(composed[i] as number, 5);
    },
  );
});

describe("options", () => {
  it("refuses what cannot be meant", () => {
    expect(() => combined({ dice: -1 })).toThrow('loss "combined" needs a "dice" from 0 on, but was given -1');
    expect(() => combined({ dice: 0, binaryCrossEntropy: 0 })).toThrow("a weight above 0 for one loss at least");
    expect(() => combined({ smooth: 0 })).toThrow('"smooth" above 0');
    expect(() => focal({ alpha: 2 })).toThrow('loss "focal" needs an "alpha" from 0 to 1, but was given 2');
    expect(() => focal({ gamma: -1 })).toThrow('needs a "gamma" of 0 or more');
    for (const loss of [jaccardLog, dice, diceEq6]) {
      expect(() => loss({ smooth: 0 })).toThrow('needs a "smooth" above 0, such as 1, but was given 0');
    }
  });
});
