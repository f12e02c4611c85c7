import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Installation, noGpu, optional, softwareGpu, writeNvidiaSmi } from "./installation.js";
import { loadsSharedObjects, sharedObject } from "./shared-object.js";
import { installProgram, standIn, start, withoutLibrary } from "./started.js";

let installation: Installation;
beforeAll(async () => {
  installation = await installProgram();
});
afterAll(() => installation.dispose());
afterEach(() => installation.remove(...optional));

describe("auto", () => {
  it("takes TensorFlow before wasm, and cuda before all", async () => {
    installation.write("@tensorflow/tfjs-node", standIn(false));
    const onProcessor = await start(installation, "auto");
    expect(onProcessor.device?.reasons?.map(({ backend }) => backend)).toEqual(["cuda", "webgpu"]);
    expect(onProcessor).toMatchObject({
      device: { backend: "tensorflow", description: "tensorflow (TensorFlow 2.9.1 on the processor)" },
      product: [42],
      left: { backend: null },
    });
    installation.write("@tensorflow/tfjs-node-gpu", standIn(true));
    expect(await start(installation, "auto")).toMatchObject({
      device: { backend: "cuda", reasons: [], details: { "tfjs-node-gpu": "4.22.0", choice: "auto chose cuda." } },
      product: [42],
      environment: { growth: "true", order: "PCI_BUS_ID" },
    });
  });

  it("goes on after a package that breaks as it is loaded, and leaves nothing of it behind", async () => {
    installation.write("@tensorflow/tfjs-node-gpu", `${standIn(true)}\n${withoutLibrary("@tensorflow/tfjs-node-gpu")}`);
    installation.write("@tensorflow/tfjs-node", standIn(false));
    const { device, stderr } = await start(installation, "auto");
    expect(device).toMatchObject({ backend: "tensorflow", reasons: [{ status: "failed" }, { backend: "webgpu" }] });
    expect(stderr).toBe(""); // tfjs complains on standard error of kernels and backends that are registered twice
  });

  it("says of each backend why it did not start where none does", async () => {
    installation.remove("@tensorflow/tfjs-backend-wasm");
    const { error } = await start(installation, "auto");
    installation.link("@tensorflow/tfjs-backend-wasm");
    expect(error?.message.split("\n")).toEqual([
      'No backend starts that "auto" chooses from.',
      "  cuda: The package @tensorflow/tfjs-node-gpu is not installed. Install it: npm install @tensorflow/tfjs-node-gpu@^4.22.0",
      expect.stringContaining("  webgpu: The package webgpu is not installed."),
      expect.stringContaining("  tensorflow: The package @tensorflow/tfjs-node is not installed."),
      expect.stringContaining("  wasm: Cannot find package '@tensorflow/tfjs-backend-wasm'"),
      'It never takes "cpu" (plain JavaScript: a slow reference that starts anywhere), which you can name.',
    ]);
  });

  it("refuses an unknown option of a backend before it tries any", async () => {
    const { error } = await start(installation, "auto", { options: { allowSoftwear: true } });
    expect(error?.message).toContain(
      'backend "auto" has no option "allowSoftwear". Did you mean "allowSoftware"? Available: allowSoftware, precision, simd, threads, tune, wasmPaths.',
    );
  });
});

describe("cuda", () => {
  const h200 = "NVIDIA H200, 143771 MiB, 570.1, GPU-11112222-3333";
  const l4 = "NVIDIA L4, 23034 MiB, 570.1, GPU-44445555-6666";
  const onGpus = (...gpus: string[]) => {
    installation.write("@tensorflow/tfjs-node-gpu", standIn(true));
    return { ...noGpu, PATH: `${writeNvidiaSmi(installation.folder, ...gpus)}:${process.env.PATH}` };
  };

  it("tells name, memory and driver of the GPU that it computes on: the first that it sees", async () => {
    const { device } = await start(installation, "cuda", { env: { ...onGpus(h200, l4), CUDA_VISIBLE_DEVICES: "1,0" } });
    expect(device).toMatchObject({
      description: "cuda (TensorFlow 2.9.1 on NVIDIA L4)",
      details: { gpu: "NVIDIA L4", "gpu memory": "23034 MiB", driver: "570.1" },
    });
  });

  it("does not guess which GPU it is where the user has GPUs numbered by their speed", async () => {
    const env = { ...onGpus(h200, l4), CUDA_VISIBLE_DEVICES: "1", CUDA_DEVICE_ORDER: "FASTEST_FIRST" };
    const { device, environment } = await start(installation, "cuda", { env });
    expect(device?.description).toBe("cuda (TensorFlow 2.9.1 on an NVIDIA GPU)");
    expect(device?.details).not.toHaveProperty("gpu");
    expect(environment).toEqual({ growth: "true", oneDnn: "0", order: "FASTEST_FIRST" });
  });
});

describe("a backend that was named and does not start is an error that says what to do", () => {
  it("where its package is not installed", async () => {
    const { error } = await start(installation, "tensorflow");
    expect(error).toMatchObject({ name: "BackendUnavailableError", reason: { status: "missing" } });
    expect(error?.message).toBe(
      'backend "tensorflow" does not start. The package @tensorflow/tfjs-node is not installed. Install it: npm install @tensorflow/tfjs-node@^4.22.0',
    );
  });

  it("where the native library cannot be loaded", async () => {
    const broken = { "tfjs_binding.node": "no library at all" };
    installation.write("@tensorflow/tfjs-node-gpu", 'require("./tfjs_binding.node");', broken);
    const { error } = await start(installation, "cuda");
    expect(error?.reason?.problem).toMatch(
      /^The native library of @tensorflow\/tfjs-node-gpu cannot be loaded: .*tfjs_binding\.node/,
    );
    expect(error?.reason?.remedy).toMatch(/npm rebuild @tensorflow\/tfjs-node-gpu.*CUDA 11\.2 and cuDNN 8\.1/);
  });

  it.skipIf(!loadsSharedObjects)(
    "where a library of CUDA, TensorFlow or the system is missing (Linux's loader)",
    async () => {
      const needing = async (library: string) => {
        const binding = { "tfjs_binding.node": sharedObject(library) };
        installation.write("@tensorflow/tfjs-node-gpu", 'require("./tfjs_binding.node");', binding);
        const { error } = await start(installation, "cuda");
        return error?.reason;
      };
      expect(await needing("libcudart.so.11.0")).toEqual({
        backend: "cuda",
        status: "failed",
        problem: "@tensorflow/tfjs-node-gpu needs the library libcudart.so.11.0, which is not found.",
        remedy: expect.stringMatching(/nvidia-smi.*CUDA 11\.2 and cuDNN 8\.1, in the library path \(LD_LIBRARY_PATH/),
      });
      expect(await needing("libtensorflow.so.2")).toMatchObject({
        problem: expect.stringMatching(/^The native library of .* cannot be loaded: libtensorflow\.so\.2: cannot open/),
        remedy: expect.stringMatching(/^Fetch it: npm rebuild @tensorflow\/tfjs-node-gpu/),
      });
      expect(await needing("libnothing.so.9")).toMatchObject({
        problem: "@tensorflow/tfjs-node-gpu needs the library libnothing.so.9, which is not found.",
        remedy: "Install the package of your system that brings it.",
      });
    },
  );

  it("where a package that it needs is missing, which is not to say that it is missing itself", async () => {
    installation.write("@tensorflow/tfjs-node", 'require("adm-zip-that-is-not-there");');
    const { error } = await start(installation, "tensorflow");
    expect(error?.reason).toMatchObject({
      status: "failed",
      problem: "@tensorflow/tfjs-node cannot be used: Cannot find module 'adm-zip-that-is-not-there'.",
      remedy: "Install it afresh: npm install @tensorflow/tfjs-node@^4.22.0",
    });
  });

  it("where Node is too new: tfjs-node 4.22 calls what Node 23 took away", async () => {
    const fails =
      'tf.registerKernel({ kernelName: "Add", backendName: "tensorflow", kernelFunc() { util.isNullOrUndefined(0) } });';
    const library = `${standIn(false)}\nconst util = {};\ntf.unregisterKernel("Add", "tensorflow");\n${fails}`;
    installation.write("@tensorflow/tfjs-node", library);
    const { error, left } = await start(installation, "tensorflow", { node: "24.1.0" });
    expect(error?.reason).toEqual({
      backend: "tensorflow",
      status: "failed",
      problem: "@tensorflow/tfjs-node 4.22 does not work on Node 24.1.0 (util.isNullOrUndefined is not a function).",
      remedy: "Use Node 20 or 22.",
    });
    expect(left.backend).toBeNull();
  });

  it("where Node is too new, before anything is installed", async () => {
    const { error } = await start(installation, "cuda", { node: "24.1.0" });
    expect(error?.reason).toMatchObject({
      status: "missing",
      remedy:
        "It does not work on Node 24.1.0: use Node 20 or 22, and install it: npm install @tensorflow/tfjs-node-gpu@^4.22.0",
    });
  });

  it("where the package brought another copy of tfjs-core", async () => {
    installation.write("@tensorflow/tfjs-node", 'exports.version = { "tfjs-node": "4.22.0" };');
    const { error } = await start(installation, "tensorflow");
    expect(error?.reason?.remedy).toMatch(/^See `npm ls @tensorflow\/tfjs-core`/);
  });

  it("where WebGPU finds no GPU", async () => {
    installation.link("webgpu");
    const { error } = await start(installation, "webgpu");
    expect(error?.reason?.status).toBe("failed");
    expect(error?.reason?.problem).toMatch(
      /^(WebGPU finds no GPU\.|The Vulkan loader libvulkan\.so\.1 is not installed)/,
    );
    expect(error?.reason?.remedy).toMatch(/driver/);
  });
});

describe.skipIf(!softwareGpu)("webgpu on a software adapter (needs Chromium's: scripts/install-chromium.sh)", () => {
  const env = { ...softwareGpu };

  it("is what auto takes before TensorFlow", async () => {
    installation.link("webgpu");
    installation.write("@tensorflow/tfjs-node", standIn(false));
    const { device } = await start(installation, "auto", { env, options: { allowSoftware: true } });
    expect(device).toMatchObject({ backend: "webgpu", reasons: [{ backend: "cuda" }] });
  });
});
