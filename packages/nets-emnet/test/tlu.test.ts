import type { MathBackendCPU } from "@tensorflow/tfjs-backend-cpu";
import "@tensorflow/tfjs-backend-cpu";
import "@tensorflow/tfjs-backend-wasm";
import { applyLayer, registerLayers } from "@em-stellar/core/training";
import { tluGradKernel, tluKernel, trainableLinearUnit } from "@em-stellar/kernels";
import * as tf from "@tensorflow/tfjs-core";
import { input, layers, loadLayersModel, model } from "@tensorflow/tfjs-layers";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { Tlu } from "../src/index.js";

/** Reproducible values in (-2, 2), some of them 0, all exact in single precision. */
function values(seed: number, size: number): number[] {
  let state = seed;
  return Array.from({ length: size }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.trunc((state >>> 20) / 2 - 1024) / 512;
  });
}

const bitsOf = (tensor: tf.Tensor) => [...new Uint32Array(Float32Array.from(tensor.dataSync()).buffer)];

describe.each(["cpu", "wasm"])("on %s", (backend) => {
  beforeAll(async () => {
    await tf.setBackend(backend);
  });

  it("is beta · x above 0, alpha · x below, with its own pair for each channel", () => {
    const x = tf.tensor2d([
      [2, 2, 2],
      [-4, -4, -4],
      [0, 0, 0],
    ]);
    const y = trainableLinearUnit(x, tf.tensor1d([0, 0.25, -1]), tf.tensor1d([1, 3, 0.5]));
    expect(y.arraySync()).toEqual([
      [2, 6, 1],
      [0, -1, 4],
      [0, 0, 0],
    ]);
  });

  it("with alpha 0 and beta 1 has the very bits of ReLU, -0 and the smallest numbers among them", () => {
    const smallest = 2 ** -149;
    const x = tf.tensor2d([...values(3, 400), 0, -0, smallest, -smallest, 3.4e38, -3.4e38, 1e-30, -1e-30], [51, 8]);
    expect(bitsOf(trainableLinearUnit(x, tf.zeros([8]), tf.ones([8])))).toEqual(bitsOf(tf.relu(x)));
  });

  it("has gradients to x, alpha and beta that central differences confirm", () => {
    const [shape, channels] = [[2, 3, 5, 3], 3] as const;
    const [x, weights, alpha, beta] = [values(1, 90), values(2, 90), [0, 0.25, -1], [1, 3, 0.5]];
    /** The scalar Σ weight · y in double precision, as the definition of the unit reads. */
    const total = () =>
      x.reduce((sum, v, i) => {
        const slope = (v > 0 ? beta : alpha)[i % channels] as number;
        return sum + (weights[i] as number) * slope * v;
      }, 0);
    const difference = (list: number[], i: number) => {
      const [value, step] = [list[i] as number, 2 ** -12]; // finer than the grid of the values: no kink is crossed
      list[i] = value + step;
      const above = total();
      list[i] = value - step;
      const below = total();
      list[i] = value;
      return (above - below) / (2 * step);
    };
    const { numTensors } = tf.memory();
    const seen = tf.tidy(() => {
      const f = (...args: tf.Tensor[]) => trainableLinearUnit(...(args as [tf.Tensor4D, tf.Tensor1D, tf.Tensor1D]));
      const given = [tf.tensor(x, [...shape]), tf.tensor1d(alpha), tf.tensor1d(beta)];
      return tf
        .grads(f)(given, tf.tensor(weights, [...shape]))
        .map((grad) => [...grad.dataSync()]);
    });
    expect(tf.memory().numTensors).toBe(numTensors);
    const zeros = x.filter((v) => v === 0).length;
    expect(zeros).toBeLessThan(5);
    [x, alpha, beta].forEach((list, which) => {
      for (const i of list.keys()) {
        if (which === 0 && list[i] === 0) continue; // a kink: see below
        expect(seen[which]?.[i], `input ${which}, element ${i}`).toBeCloseTo(difference(list, i), 4);
      }
    });
  });

  it("passes nothing to x at 0, and teaches alpha where x is negative even if alpha is 0", () => {
    const f = (...args: tf.Tensor[]) => trainableLinearUnit(...(args as [tf.Tensor2D, tf.Tensor1D, tf.Tensor1D]));
    const given = [tf.tensor2d([[0], [-0], [-3], [5]]), tf.tensor1d([0]), tf.tensor1d([2])];
    const [dx, dalpha, dbeta] = tf
      .grads(f)(given, tf.tensor2d([[7], [7], [10], [100]]))
      .map((grad) => grad.dataSync());
    expect([...(dx as Float32Array)]).toEqual([0, 0, 0, 200]);
    expect([...(dalpha as Float32Array)]).toEqual([-30]);
    expect([...(dbeta as Float32Array)]).toEqual([500]);
  });
});

describe("its kernels", () => {
  beforeAll(async () => {
    await tf.setBackend("cpu");
  });
  afterEach(() => {
    for (const name of [tluKernel, tluGradKernel]) if (tf.getKernel(name, "cpu")) tf.unregisterKernel(name, "cpu");
  });

  /** The contract of the kernels, element by element. */
  function registerPlainKernels(): string[] {
    const calls: string[] = [];
    const register = (
      kernelName: string,
      run: (read: (name: string) => Float32Array) => Record<string, Float32Array>,
    ) =>
      tf.registerKernel({
        kernelName,
        backendName: "cpu",
        kernelFunc({ inputs, backend }) {
          calls.push(kernelName);
          const cpu = backend as MathBackendCPU;
          const info = (name: string) => inputs[name] as tf.TensorInfo;
          const read = (name: string) => cpu.readSync(info(name).dataId) as Float32Array;
          const outputs = Object.entries(run(read)).map(([like, data]) =>
            cpu.makeTensorInfo(info(like).shape, "float32", data),
          );
          return outputs.length === 1 ? (outputs[0] as tf.TensorInfo) : outputs;
        },
      });
    register(tluKernel, (read) => {
      const [x, alpha, beta] = [read("x"), read("alpha"), read("beta")];
      const of = (slopes: Float32Array, i: number) => slopes[i % slopes.length] as number;
      return { x: x.map((v, i) => of(beta, i) * Math.max(0, v) - of(alpha, i) * Math.max(0, -v)) };
    });
    register(tluGradKernel, (read) => {
      const [dy, x, alpha, beta] = [read("dy"), read("x"), read("alpha"), read("beta")];
      const [dalpha, dbeta] = [alpha.map(() => 0), beta.map(() => 0)];
      const dx = x.map((v, i) => {
        const [c, g] = [i % alpha.length, dy[i] as number];
        dalpha[c] = (dalpha[c] as number) + g * Math.min(0, v);
        dbeta[c] = (dbeta[c] as number) + g * Math.max(0, v);
        return g * ((v > 0 ? beta[c] : v < 0 ? alpha[c] : 0) as number);
      });
      return { x: dx, alpha: dalpha, beta: dbeta };
    });
    return calls;
  }

  it("are found by their names, and give what the composed unit gives", () => {
    const x = tf.tensor4d(values(5, 96), [2, 3, 4, 4]);
    const dy = tf.tensor4d(values(6, 96), [2, 3, 4, 4]);
    const run = () => {
      const f = (...args: tf.Tensor[]) => trainableLinearUnit(...(args as [tf.Tensor4D, tf.Tensor1D, tf.Tensor1D]));
      const given = [x, tf.tensor1d([0, 0.5, -0.25, 2]), tf.tensor1d([1, 2, -1, 0])];
      const { value, grads } = tf.valueAndGrads(f)(given, dy);
      return [value, ...grads].map((tensor) => [...tensor.dataSync()]);
    };
    const composed = run();
    const calls = registerPlainKernels();
    const found = run();
    expect(calls).toEqual([tluKernel, tluGradKernel]);
    expect(found.map((list) => list.length)).toEqual([96, 96, 4, 4]);
    for (const [which, list] of found.entries()) {
      for (const [i, value] of list.entries()) expect(value).toBeCloseTo(composed[which]?.[i] as number, 5);
    }
  });
});

describe("its layer", () => {
  beforeAll(async () => {
    await tf.setBackend("cpu");
  });

  function oneUnit() {
    const image = input({ shape: [null, null, 3], name: "image" });
    const tlu = new Tlu({ name: "tlu" });
    return model({ inputs: image, outputs: applyLayer(tlu, image) });
  }

  it("has an alpha and a beta for each channel, zeros and ones, both trainable", () => {
    const tlu = oneUnit().getLayer("tlu");
    expect(tlu.weights.map(({ name, shape }) => [name.replace(/_\d+$/, ""), shape])).toEqual([
      ["tlu/alpha", [1, 1, 3]],
      ["tlu/beta", [1, 1, 3]],
    ]);
    expect(tlu.trainableWeights).toHaveLength(2);
    expect(tlu.getWeights().map((weight) => [...weight.dataSync()])).toEqual([
      [0, 0, 0],
      [1, 1, 1],
    ]);
    expect(tlu).toBeInstanceOf(layers.Layer);
  });

  it("saves and loads by its class's name, once that is registered", async () => {
    const before = oneUnit();
    before.getLayer("tlu").setWeights([tf.tensor([0.5, 0, -1], [1, 1, 3]), tf.tensor([1, 2, 3], [1, 1, 3])]);
    let saved: tf.io.ModelArtifacts | undefined;
    await before.save(
      tf.io.withSaveHandler(async (artifacts) => {
        saved = artifacts;
        return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: "JSON" } };
      }),
    );
    registerLayers([Tlu]);
    const after = await loadLayersModel(tf.io.fromMemory(saved as tf.io.ModelArtifacts));
    const y = after.predict(tf.tensor4d([-2, -2, -2, 4, 4, 4], [1, 1, 2, 3])) as tf.Tensor;
    expect([...y.dataSync()]).toEqual([-1, 0, 2, 4, 8, 12]);
  });

  it("says what it costs: six operations for each value, one for each channel", () => {
    // max(0, x), beta ·, -x, max(0, -x), alpha ·, difference; -alpha. 4 · 5 · 3 values, 3 channels.
    expect(new Tlu({}).countOperations([[null, 4, 5, 3]], [null, 4, 5, 3])).toEqual({
      macs: 0,
      other: 363,
      profiled: 243, // without the two maxima
    });
  });
});
