import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Installation, optional, softwareGpu } from "./installation.js";
import { installProgram, standIn, start, withoutLibrary } from "./started.js";

let installation: Installation;
beforeAll(async () => {
  installation = await installProgram();
});
afterAll(() => installation.dispose());
afterEach(() => installation.remove(...optional));

describe("auto", () => {
  it("takes wasm where nothing else is installed, and says of each package that it is not", async () => {
    const { device, product, stderr, left } = await start(installation, "auto");
    expect(device).toMatchObject({ backend: "wasm", description: expect.stringMatching(/^wasm \(/) });
    expect(device?.reasons).toEqual([
      {
        backend: "cuda",
        status: "missing",
        problem: "The package @tensorflow/tfjs-node-gpu is not installed.",
        remedy: "Install it: npm install @tensorflow/tfjs-node-gpu@^4.22.0",
      },
      {
        backend: "webgpu",
        status: "missing",
        problem: "The package webgpu is not installed.",
        remedy: "Install it: npm install webgpu",
      },
      {
        backend: "tensorflow",
        status: "missing",
        problem: "The package @tensorflow/tfjs-node is not installed.",
        remedy: "Install it: npm install @tensorflow/tfjs-node@^4.22.0",
      },
    ]);
    expect(device?.details.choice).toBe(
      "auto chose wasm. Not cuda: The package @tensorflow/tfjs-node-gpu is not installed. Not webgpu: The package webgpu is not installed. Not tensorflow: The package @tensorflow/tfjs-node is not installed.",
    );
    expect([product, stderr, left.backend]).toEqual([[42], "", null]);
  });

  it("does not pass the processor off as a GPU: TensorFlow's GPU build without a GPU is not cuda", async () => {
    installation.write("@tensorflow/tfjs-node-gpu", standIn(false));
    const { device, product } = await start(installation, "auto");
    expect(device).toMatchObject({ backend: "tensorflow", details: { "tfjs-node-gpu": "4.22.0" } });
    expect(device?.reasons?.[0]).toEqual({
      backend: "cuda",
      status: "failed",
      problem: "@tensorflow/tfjs-node-gpu starts, but finds no GPU that it can use.",
      remedy: expect.stringContaining("CUDA 11.2 and cuDNN 8.1"),
    });
    expect(product).toEqual([42]);
  });
});

describe("a backend that was named and does not start is an error that says what to do", () => {
  it("where the package came without its native library", async () => {
    installation.write("@tensorflow/tfjs-node", withoutLibrary("@tensorflow/tfjs-node"));
    const { error } = await start(installation, "tensorflow");
    expect(error?.reason).toEqual({
      backend: "tensorflow",
      status: "failed",
      problem: "@tensorflow/tfjs-node was installed without its native library, tfjs_binding.node.",
      remedy:
        "Fetch it: npm rebuild @tensorflow/tfjs-node, with install scripts allowed and the network open to storage.googleapis.com.",
    });
  });
});

describe.skipIf(!softwareGpu)("webgpu on a software adapter (needs Chromium's: scripts/install-chromium.sh)", () => {
  const env = { ...softwareGpu };

  it("is refused unless it is asked for", async () => {
    installation.link("webgpu");
    const { error } = await start(installation, "webgpu", { env });
    expect(error?.reason).toEqual({
      backend: "webgpu",
      status: "failed",
      problem:
        'WebGPU finds no GPU, only a software adapter that runs on the processor (swiftshader-device-subzero). It is slower than "wasm".',
      remedy: expect.stringContaining("allowSoftware"),
    });
    const { device } = await start(installation, "auto", { env });
    expect(device?.backend).toBe("wasm");
    expect(device?.details.choice).toContain("Not webgpu: WebGPU finds no GPU, only a software adapter");
  });

  it("tells adapter, limits and features; leaves no global, and the process ends by itself", async () => {
    installation.link("webgpu");
    const { device, product, peakBytes, left } = await start(installation, "webgpu", {
      env,
      options: { allowSoftware: true },
    });
    expect(device).toMatchObject({
      backend: "webgpu",
      description: "webgpu (swiftshader-device-subzero, software on the processor)",
      details: { adapter: "swiftshader-device-subzero", vendor: "google", software: "true" },
    });
    // More than the 256 and 128 MiB that a device has which asks for nothing.
    expect(device?.details.limits).toContain("maxBufferSize 1024 MiB, maxStorageBufferBindingSize 1024 MiB,");
    expect(device?.details.features).toContain("timestamp-query");
    expect(product).toEqual([42]);
    expect(peakBytes).toBeGreaterThanOrEqual(64 * 64 * 4);
    expect(left).toEqual({
      backend: null,
      globals: [],
      navigator: (globalThis as { navigator?: object }).navigator ? "object" : "undefined",
    });
  });
});
