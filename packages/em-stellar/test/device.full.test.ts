import { spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { decodeImage } from "@em-stellar/data";
import { encode } from "fast-png";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import {
  halfGpu,
  hasTfjsNode,
  type Installation,
  install,
  noGpu,
  noHalfGpu,
  noTfjsNode,
  optional,
  softwareGpu,
  writeNvidiaSmi,
} from "../../../tests/installed/installation.js";
import { loadsSharedObjects, sharedObject } from "../../../tests/installed/shared-object.js";
import { standIn, withoutLibrary } from "../../../tests/installed/started.js";
import type { Finding } from "../src/doctor/finding.js";

// The command as it is installed, beside packages that are missing, broken or there.

const suite = {
  name: "tiny",
  data: { id: "phantom", options: { size: 32, trainImages: 4, testImages: 2, groups: 2, mitochondria: 20 } },
  networks: [{ id: "unet-bn", options: { baseFilters: 2, depth: 1 } }],
  loss: "dice",
  optimizer: "adam",
  metrics: ["jaccard"],
  folds: 2,
  training: { patch: 32, batchSize: 1, steps: 2, validateEvery: 2 },
  augmentation: null,
  baselines: ["constant"],
};

let installation: Installation;
beforeAll(async () => {
  installation = await install();
  writeFileSync(join(installation.folder, "suite.json"), JSON.stringify(suite));
});
afterAll(() => installation.dispose());
afterEach(() => installation.remove(...optional));

const bin = "node_modules/em-stellar/dist/bin.js";
const emStellar = (args: readonly string[], env: Readonly<Record<string, string>> = noGpu) =>
  installation.run([bin, ...args], env);

function withWebgpu(): void {
  installation.link("webgpu");
}

function environmentOf(out: string): Record<string, string> {
  return JSON.parse(readFileSync(join(installation.folder, out, "results.json"), "utf8")).environment;
}

describe("em-stellar doctor", () => {
  it("fits one screen, says what to install, and what auto takes", async () => {
    const { status, stdout, stderr } = await emStellar(["doctor"]);
    expect([status, stderr]).toEqual([0, ""]);
    const lines = stdout.trimEnd().split("\n");
    expect(lines.length).toBeLessThan(24);
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(80);
    expect(lines).toContain("· cuda        missing  The package @tensorflow/tfjs-node-gpu is not installed.");
    expect(lines).toContain("                       Install it: npm install @tensorflow/tfjs-node@^4.22.0");
    expect(lines).toContainEqual(expect.stringMatching(/^✓ wasm {8}ready {4}wasm \(/));
    expect(lines.at(-1)).toBe("auto takes wasm, the first that starts of cuda, webgpu, tensorflow and wasm.");
  });

  it("outlives a library that crashes", async () => {
    installation.write("@tensorflow/tfjs-node", "process.abort();");
    const { status, stdout } = await emStellar(["doctor", "--json"]);
    const { backends, auto }: { backends: Finding[]; auto: Finding } = JSON.parse(stdout);
    expect(status).toBe(0);
    expect(backends.map(({ status }) => status)).toEqual(["missing", "missing", "failed", "ready", "ready"]);
    expect(backends[2]?.problem).toBe("Its process ended before it had started (SIGABRT).");
    expect(auto.status).toBe("failed"); // it would take the run with it too, and the doctor says so
  });

  it("ends with status 1 where nothing works", async () => {
    const needed = ["@tensorflow/tfjs-backend-wasm", "@tensorflow/tfjs-backend-cpu"];
    installation.remove(...needed);
    const { status, stdout, stderr } = await emStellar(["doctor"]);
    for (const name of needed) installation.link(name);
    expect(status).toBe(1);
    expect(stdout).toMatch(/^✗ wasm {8}failed {3}Cannot find package/m);
    expect(stdout.trimEnd().split("\n").at(-1)).toBe('auto does not work. No backend starts that "auto" chooses from.');
    expect(stderr).toMatch(/^error: No backend starts on this machine\./);
  });

  it.skipIf(!softwareGpu)(
    "lists the devices that a backend sees (needs Chromium's software adapter: scripts/install-chromium.sh)",
    async () => {
      withWebgpu();
      const { stdout } = await emStellar(["doctor", "--json"], softwareGpu);
      const { backends, auto }: { backends: Finding[]; auto: Finding } = JSON.parse(stdout);
      expect(backends[1]).toMatchObject({ status: "failed", devices: ["vulkan: SwiftShader Device (Subzero)"] });
      expect(auto).toMatchObject({ status: "ready", started: "wasm" });
    },
  );
});

describe("em-stellar run", () => {
  it("says why it is not on a GPU whose packages are installed, and keeps that with the results", async () => {
    withWebgpu();
    const { status, stdout, stderr } = await emStellar(["run", "suite.json", "--out", "passed-over", "--workers", "1"]);
    expect([status, stderr.includes("error")]).toEqual([0, false]);
    const [first, ...lines] = stdout.split("\n");
    expect(first).toMatch(/^tiny: 4 jobs, on wasm \(/);
    expect(lines[0]).toMatch(/^· No GPU found: training on the processor, which is slower\./);
    expect(lines[1]).not.toContain("Not on");
    const { backend, choice } = environmentOf("passed-over");
    expect(backend).toBe("wasm");
    expect(choice).toMatch(
      /^auto chose wasm\. Not cuda: The package .* Not webgpu: (WebGPU finds|The Vulkan) .* Not tensorflow:/,
    );
  });

  it("starts in its workers what it has chosen, and no other where that fails", async () => {
    const trace = join(installation.folder, "trace");
    const traced = `require("node:fs").appendFileSync(${JSON.stringify(trace)}, process.pid + "\\n");\n${standIn(false)}`;
    installation.write("@tensorflow/tfjs-node", traced);
    const { status, stderr } = await emStellar(["run", "suite.json", "--out", "chosen", "--workers", "2"]);
    expect(status, stderr).toBe(0);
    expect(environmentOf("chosen").backend).toBe("tensorflow");
    expect(new Set(readFileSync(trace, "utf8").trimEnd().split("\n")).size).toBe(3); // itself and two workers

    const inWorkers = 'if (process.send) throw new Error("no memory left on the device");';
    installation.write("@tensorflow/tfjs-node", `${inWorkers}\n${standIn(false)}`);
    const failed = await emStellar(["run", "suite.json", "--out", "failed", "--workers", "2"]);
    expect(failed.status).toBe(1);
    expect(failed.stderr).toContain('error: backend "tensorflow" does not start.');
    expect(failed.stderr).toContain("no memory left on the device");
  });

  it("gives each of its workers a GPU of its own on cuda, as many workers as there are GPUs", async () => {
    const trace = join(installation.folder, "gpus");
    const seen = 'process.pid + " " + process.env.CUDA_VISIBLE_DEVICES + "\\n"';
    const traced = `require("node:fs").appendFileSync(${JSON.stringify(trace)}, ${seen});\n${standIn(true)}`;
    installation.write("@tensorflow/tfjs-node-gpu", traced);
    const gpus = [
      "NVIDIA H200, 143771 MiB, 570.1, GPU-1",
      "NVIDIA H200, 143771 MiB, 570.1, GPU-2",
      "L4, 1 MiB, 570.1, GPU-3",
    ];
    const env = {
      ...noGpu,
      PATH: `${writeNvidiaSmi(installation.folder, ...gpus)}:${process.env.PATH}`,
      CUDA_VISIBLE_DEVICES: "2,0",
    };
    const { status, stdout, stderr } = await emStellar(["run", "suite.json", "--out", "gpus-run"], env);
    expect(status, stderr).toBe(0);
    expect(stdout).toMatch(/^tiny: 4 jobs, on cuda \(TensorFlow 2\.9\.1 on L4\)/);
    const shown = readFileSync(trace, "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => line.split(" ")[1]);
    expect([shown[0], shown.slice(1).sort()]).toEqual(["2,0", ["0", "2"]]);
  });

  it("writes nothing where the backend that was named does not start", async () => {
    const { status, stdout, stderr } = await emStellar(["run", "suite.json", "--out", "nowhere", "--backend", "cuda"]);
    expect([status, stdout]).toEqual([1, ""]);
    expect(stderr).toBe(
      'error: backend "cuda" does not start. The package @tensorflow/tfjs-node-gpu is not installed. Install it: npm install @tensorflow/tfjs-node-gpu@^4.22.0\n',
    );
    expect(() => environmentOf("nowhere")).toThrow("ENOENT");
  });

  describe("says in a few lines what to do, and ends with status 1,", () => {
    const node24 = 'Object.defineProperty(process, "versions", { value: { ...process.versions, node: "24.1.0" } });';
    /** Runs on a backend that must not start; what is said of it. */
    async function refused(backend: string, ...node: readonly string[]): Promise<string> {
      const args = [...node, bin, "run", "suite.json", "--out", "refused", "--backend", backend];
      const { status, stdout, stderr } = await installation.run(args, noGpu);
      expect([status, stdout, existsSync(join(installation.folder, "refused"))]).toEqual([1, "", false]);
      expect(stderr.length).toBeLessThan(10 * 80);
      expect(stderr).not.toMatch(/^ +at /m);
      return stderr;
    }

    it("where the package's install script was not allowed, or its download failed", async () => {
      installation.write("@tensorflow/tfjs-node", withoutLibrary("@tensorflow/tfjs-node"));
      expect(await refused("tensorflow")).toBe(
        'error: backend "tensorflow" does not start. @tensorflow/tfjs-node was installed without its native library, tfjs_binding.node. Fetch it: npm rebuild @tensorflow/tfjs-node, with install scripts allowed and the network open to storage.googleapis.com.\n',
      );
    });

    it("where Node is too new", async () => {
      writeFileSync(join(installation.folder, "node24.mjs"), node24);
      installation.write("@tensorflow/tfjs-node", 'require("node:util").isNullOrUndefinedIsGone();');
      expect(await refused("tensorflow", "--import", "./node24.mjs")).toMatch(
        /does not work on Node 24\.1\.0 \(.*\)\. Use Node 20 or 22\.\n$/,
      );
    });

    it.skipIf(!loadsSharedObjects)("where a library of CUDA is missing (Linux's loader)", async () => {
      const binding = { "tfjs_binding.node": sharedObject("libcudnn.so.8") };
      installation.write("@tensorflow/tfjs-node-gpu", 'require("./tfjs_binding.node");', binding);
      expect(await refused("cuda")).toMatch(/needs the library libcudnn\.so\.8, .* CUDA 11\.2 and cuDNN 8\.1/);
    });

    it("where TensorFlow's GPU build finds no GPU", async () => {
      installation.write("@tensorflow/tfjs-node-gpu", standIn(false));
      expect(await refused("cuda")).toMatch(/starts, but finds no GPU that it can use\. It needs an NVIDIA GPU/);
    });
  });

  it.skipIf(!softwareGpu)(
    "trains on webgpu (needs Chromium's software adapter: scripts/install-chromium.sh)",
    async () => {
      withWebgpu();
      const args = ["run", "suite.json", "--out", "webgpu", "--backend", "webgpu", "--allow-software"];
      const { status, stdout, stderr } = await emStellar(args, softwareGpu);
      expect(status, stderr).toBe(0);
      expect(stdout).toMatch(/^tiny: 4 jobs, on webgpu \(swiftshader-device-subzero, software on the processor\)/);
      expect(environmentOf("webgpu")).toMatchObject({
        backend: "webgpu",
        software: "true",
        command: "npx em-stellar run suite.json --backend webgpu --allow-software",
      });
    },
  );

  it.skipIf(!halfGpu)(`trains on webgpu in half precision, and results say so (${noHalfGpu})`, async () => {
    withWebgpu();
    const args = ["run", "suite.json", "--out", "half", "--allow-software", "--precision", "mixed-float16"];
    const { status, stdout, stderr } = await emStellar(args, halfGpu);
    expect(status, stderr).toBe(0);
    expect(stdout).toMatch(/^tiny: 4 jobs, on webgpu \(.*, mixed-float16\)/);
    expect(environmentOf("half")).toMatchObject({
      backend: "webgpu",
      precision: "mixed-float16",
      "tensor cores": expect.any(String),
      command: "npx em-stellar run suite.json --allow-software --precision mixed-float16",
    });
  });
});

/** Two colours, dark where the object is, 64 × 48 pixels. */
function writeImage(file: string): void {
  const [width, height] = [64, 48];
  const data = Uint8Array.from({ length: width * height }, (_, i) =>
    ((i % width) - 20) ** 2 < 90 ? 70 : 160 + (i % 7),
  );
  writeFileSync(file, encode({ width, height, data, channels: 1, depth: 8 }));
}

describe.skipIf(!hasTfjsNode)(hasTfjsNode ? "on tensorflow" : `on tensorflow (skipped: ${noTfjsNode})`, () => {
  const longer = { ...suite, name: "longer", training: { ...suite.training, steps: 24, validateEvery: 4 } };
  const historyOf = (out: string) => {
    const results = JSON.parse(readFileSync(join(installation.folder, out, "results.json"), "utf8"));
    const method = results.methods.find(({ kind }: { kind: string }) => kind === "network");
    return method.runs.map((run: { history: { loss: number }[] }) => run.history.map(({ loss }) => loss));
  };

  /** Runs the suite until a line of its output matches, and kills it there. */
  function killed(args: readonly string[], until: RegExp): Promise<string | null> {
    const child = spawn(process.execPath, [bin, ...args], { cwd: installation.folder });
    child.stderr.resume();
    let said = "";
    child.stdout.on("data", (text) => {
      said += text;
      if (until.test(said)) child.kill("SIGKILL");
    });
    return new Promise((resolve) => child.on("close", (_, signal) => resolve(signal)));
  }

  it("a run trains as on wasm, goes on after a kill as if there had been none, and its model predicts alike on both", async () => {
    installation.link("@tensorflow/tfjs-node");
    writeFileSync(join(installation.folder, "longer.json"), JSON.stringify(longer));
    const run = (out: string, backend: string) => ["run", "longer.json", "--out", out, "--backend", backend];

    const whole = await emStellar(run("tf-whole", "tensorflow"));
    expect(whole.status, whole.stderr).toBe(0);
    expect(whole.stdout).toMatch(/^longer: 4 jobs, on tensorflow \(TensorFlow \d+\.\d+\.\d+ on the processor\)/);
    expect(whole.stderr).toBe("");
    expect(await killed(run("tf-killed", "tensorflow"), /step 12\/24/)).toBe("SIGKILL");
    const rest = await emStellar(run("tf-killed", "tensorflow"));
    expect(rest.status, rest.stderr).toBe(0);
    expect(rest.stdout).toMatch(/continues at step 12 of 24/);
    const onWasm = await emStellar([...run("wasm", "wasm"), "--workers", "1"]);
    expect(onWasm.status, onWasm.stderr).toBe(0);
    const [first, again, reference] = ["tf-whole", "tf-killed", "wasm"].map(historyOf);
    expect(again.flat().length).toBe(12);
    for (const [i, loss] of first.flat().entries()) {
      // Threads add up in another order each time.
      expect(again.flat()[i]).toBeCloseTo(loss, 4);
      expect(reference.flat()[i]).toBeCloseTo(loss, 2);
    }

    writeImage(join(installation.folder, "image.png"));
    const maps: Uint16Array[] = [];
    for (const backend of ["tensorflow", "wasm"]) {
      const out = `predicted-${backend}`;
      const told = await emStellar(["predict", "tf-whole", "image.png", "--out", out, "--backend", backend]);
      expect(told.status, told.stderr).toBe(0);
      const file = join(installation.folder, out, "image.png");
      const [image] = await decodeImage(new Uint8Array(readFileSync(file)), file);
      maps.push(image?.data as Uint16Array);
    }
    const [here, there] = maps as [Uint16Array, Uint16Array];
    expect(here.length).toBe(64 * 48);
    expect(Math.max(...here.map((value, i) => Math.abs(value - (there[i] as number))))).toBeLessThanOrEqual(6); // of 65535
    expect(new Set(here).size).toBeGreaterThan(10); // no constant map
  });

  it("is what auto takes while it is installed, and doctor says so", async () => {
    installation.link("@tensorflow/tfjs-node");
    const chosen = async () => JSON.parse((await emStellar(["doctor", "--json"])).stdout);
    expect(await chosen()).toMatchObject({
      auto: { started: "tensorflow" },
      backends: [{ status: "missing" }, {}, { status: "ready", details: { "tfjs-node": "4.22.0" } }, {}, {}],
    });
    installation.remove("@tensorflow/tfjs-node");
    expect(await chosen()).toMatchObject({ auto: { started: "wasm" } });
  });
});
