import { createRegistry } from "@em-stellar/core";
import * as tf from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";
import { importPackage } from "../src/import-package.js";
import plugin, { cpu, startBackend, wasm } from "../src/index.js";
import { openHeap } from "../src/wasm/heap.js";
import { check } from "./conformance/check.js";
import { lossTopic } from "./conformance/losses.js";
import { normalization } from "./conformance/normalization.js";

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
    const device = await startBackend("wasm");
    expect(count()).toBe(before);
    await device.dispose();
  });

  it("shares the backend between those who start it; the last one ends it", async () => {
    const first = await startBackend("wasm");
    const second = await startBackend("wasm");
    await first.dispose();
    await first.dispose();
    expect(onePlusOne()).toBe(2);
    await second.dispose();
    expect(tf.getKernel("Conv2DBackpropFilter", "wasm")).toBeUndefined();
  });

  it("tells the most bytes held at once", async () => {
    const device = await startBackend("cpu");
    const before = device.peakBytes();
    tf.zeros([1000]).dispose();
    tf.zeros([500]).dispose();
    expect(device.peakBytes() - before).toBe(4000);
    await device.dispose();
    const onWasm = await startBackend("wasm");
    tf.zeros([6 * 2 ** 20]).dispose();
    expect(onWasm.peakBytes()).toBeGreaterThan(24 * 2 ** 20);
    await onWasm.dispose();
  });

  it("computes beyond the first 2 GiB of memory", async () => {
    const device = await startBackend("wasm");
    // The memory of tfjs's backend, which is not in its public types.
    const { wasm: module } = tf.backend() as unknown as { wasm: { _malloc(bytes: number): number } };
    const reserved = Array.from({ length: 3 }, () => module._malloc(750 * 2 ** 20)); // never touched
    expect(reserved).not.toContain(0);
    for (const item of [...normalization.cases.slice(0, 3), ...lossTopic.cases.slice(0, 3)]) await check(item, device);
    await device.dispose();
  });

  it("says when memory is full, instead of writing to address 0", async () => {
    const device = await startBackend("wasm");
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

  it("names the package that is missing, and hides no other error", async () => {
    const missing = Object.assign(new Error("Cannot find package '@tensorflow/tfjs-backend-wasm' imported from …"), {
      code: "ERR_MODULE_NOT_FOUND",
    });
    const load = (error: Error) => importPackage("wasm", "@tensorflow/tfjs-backend-wasm", () => Promise.reject(error));
    await expect(load(missing)).rejects.toThrow(
      'backend "wasm" does not start. The package @tensorflow/tfjs-backend-wasm is not installed. Install it: npm install @tensorflow/tfjs-backend-wasm@^4.22.0',
    );
    await expect(load(new Error("syntax"))).rejects.toThrow("syntax");
  });

  it("refuses an unknown backend and a strange place of the .wasm files", async () => {
    // @ts-expect-error: known at compile time too
    await expect(startBackend("wasn")).rejects.toThrow(
      'No backend named "wasn". Did you mean "wasm"? Available: auto, cpu, cuda, tensorflow, wasm, webgpu.',
    );
    // @ts-expect-error: known at compile time too
    expect(() => wasm({ wasmPaths: 5 })).toThrow('backend "wasm" needs the folder of the .wasm files for "wasmPaths"');
  });

  it("is a plugin like any other", () => {
    const registry = createRegistry(plugin);
    expect(registry.get("backend", "wasm")).toBe(wasm);
    expect(registry.get("backend", "cpu")).toBe(cpu);
    expect(wasm().options).toEqual({ wasmPaths: null, threads: 1, simd: "relaxed" });
  });
});
