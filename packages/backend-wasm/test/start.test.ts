import { createRegistry } from "@em-stellar/core";
import { check } from "@em-stellar/kernels/testing";
import * as tf from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";
import { normalization } from "../../../tests/conformance/normalization.js";
import { losses } from "../../kernels/src/testing/losses.js";
import { openHeap } from "../src/heap.js";
import plugin, { wasm } from "../src/index.js";

const onePlusOne = () => tf.tidy(() => tf.add(1, 1).dataSync()[0] as number);

describe("starting a backend", () => {
  it("registers nothing at import", () => {
    expect(tf.getKernel("Conv2DBackpropFilter", "wasm")).toBeUndefined();
    expect(tf.getKernel("EmStellarBatchNorm", "wasm")).toBeUndefined();
  });

  it("makes wasm the current backend, tells versions and features, and can be started again after its end", async () => {
    const stockGradient = tf.getGradient("Prelu");
    for (let round = 0; round < 2; round++) {
      const device = await wasm().start();
      expect(tf.getBackend()).toBe("wasm");
      expect(device.backend).toBe("wasm");
      expect(device.description).toBe("wasm (relaxed SIMD, 1 thread)");
      expect(device.details).toMatchObject({ "tfjs-core": tf.version_core, simd: "relaxed SIMD", threads: "1" });
      expect(onePlusOne()).toBe(2);
      await device.dispose();
      expect(tf.getKernel("EmStellarBatchNorm", "wasm")).toBeUndefined();
      expect(tf.getGradient("Prelu")).toBe(stockGradient);
    }
  });

  it("adds no handlers of crashes to the process", async () => {
    const count = () => process.listenerCount("uncaughtException") + process.listenerCount("unhandledRejection");
    const before = count();
    const device = await wasm().start();
    expect(count()).toBe(before);
    await device.dispose();
  });

  it("shares the backend between those who start it; the last one ends it", async () => {
    const first = await wasm().start();
    const second = await wasm().start();
    await first.dispose();
    await first.dispose();
    expect(onePlusOne()).toBe(2);
    await second.dispose();
    expect(tf.getKernel("Conv2DBackpropFilter", "wasm")).toBeUndefined();
  });

  it("tells the most bytes held at once", async () => {
    const device = await wasm().start();
    tf.zeros([6 * 2 ** 20]).dispose();
    expect(device.peakBytes()).toBeGreaterThan(24 * 2 ** 20);
    await device.dispose();
  });

  it("computes beyond the first 2 GiB of memory", async () => {
    const device = await wasm().start();
    // The memory of tfjs's backend, which is not in its public types.
    const { wasm: module } = tf.backend() as unknown as { wasm: { _malloc(bytes: number): number } };
    const reserved = Array.from({ length: 3 }, () => module._malloc(750 * 2 ** 20)); // never touched
    expect(reserved).not.toContain(0);
    for (const item of [...normalization.cases.slice(0, 3), ...losses.cases.slice(0, 3)]) await check(item, device);
    await device.dispose();
  });

  it("says when memory is full, instead of writing to address 0", async () => {
    const device = await wasm().start();
    // The memory of tfjs's backend, which is not in its public types.
    const { wasm: module } = tf.backend() as unknown as { wasm: { _malloc(bytes: number): number } };
    const fill = () => Array.from({ length: 5 }, () => module._malloc(1000 * 2 ** 20)); // reserved, never touched
    expect(fill).toThrow(/out of memory: it holds 40\d\d MiB of at most 4096 and needs 1000 MiB more/);
    expect(() => module._malloc(3000 * 2 ** 20)).toThrow("needs 3000 MiB more in one piece, of at most 2048");
    await device.dispose();
  });

  it("refuses a tfjs that is built otherwise, naming its version", () => {
    const stranger = {} as tf.KernelBackend;
    expect(() => openHeap(stranger)).toThrow(
      `wasm backend of tfjs ${tf.version_core} is not built as the training kernels expect`,
    );
  });

  it("refuses a strange place of the .wasm files", () => {
    // @ts-expect-error: known at compile time too
    expect(() => wasm({ wasmPaths: 5 })).toThrow('backend "wasm" needs the folder of the .wasm files for "wasmPaths"');
  });

  it("is a plugin like any other", () => {
    const registry = createRegistry(plugin);
    expect(registry.get("backend", "wasm")).toBe(wasm);
    expect(wasm().options).toEqual({ wasmPaths: null, threads: 1, simd: "relaxed" });
  });
});
