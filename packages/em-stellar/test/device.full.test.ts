import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Installation, install, noGpu, optional, softwareGpu } from "../../backends/test/installation.js";
import { standIn } from "../../backends/test/started.js";
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

const emStellar = (args: readonly string[], env: Readonly<Record<string, string>> = noGpu) =>
  installation.run(["node_modules/em-stellar/dist/bin.js", ...args], env);

function withWebgpu(): void {
  installation.link("webgpu");
  installation.link("@tensorflow/tfjs-backend-webgpu");
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
    expect(stdout).toMatch(/^· wasm {8}missing {2}The package @tensorflow\/tfjs-backend-wasm is not/m);
    expect(stdout.trimEnd().split("\n").at(-1)).toBe('auto does not work. No backend starts that "auto" chooses from.');
    expect(stderr).toMatch(/^error: No backend starts on this machine\./);
  });

  it.skipIf(!softwareGpu)(
    "lists adapters (needs Chromium's software adapter: scripts/install-chromium.sh)",
    async () => {
      withWebgpu();
      const { stdout } = await emStellar(["doctor", "--json"], softwareGpu);
      const { backends, auto }: { backends: Finding[]; auto: Finding } = JSON.parse(stdout);
      expect(backends[1]).toMatchObject({ status: "failed", adapters: ["vulkan: SwiftShader Device (Subzero)"] });
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
    expect(lines[0]).toMatch(/^! Not on webgpu: (WebGPU finds no GPU|The Vulkan loader)/);
    expect(lines[1]).toMatch(/^· auto took wasm; cuda and tensorflow are not installed\./);
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

  it("writes nothing where the backend that was named does not start", async () => {
    const { status, stdout, stderr } = await emStellar(["run", "suite.json", "--out", "nowhere", "--backend", "cuda"]);
    expect([status, stdout]).toEqual([1, ""]);
    expect(stderr).toBe(
      'error: backend "cuda" does not start. The package @tensorflow/tfjs-node-gpu is not installed. Install it: npm install @tensorflow/tfjs-node-gpu@^4.22.0\n',
    );
    expect(() => environmentOf("nowhere")).toThrow("ENOENT");
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
});
