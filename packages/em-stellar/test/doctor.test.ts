import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { createRegistry, definePlugin } from "@em-stellar/core";
import { type Device, defineBackend } from "@em-stellar/core/training";
import { autoAmong, BackendUnavailableError } from "@em-stellar/kernels/backend";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { doctor } from "../src/commands/doctor.js";
import { examine } from "../src/doctor/examine.js";
import { examineApart } from "../src/doctor/examine-apart.js";
import type { Finding } from "../src/doctor/finding.js";
import { describeMachine } from "../src/doctor/machine.js";
import { builtins } from "../src/registry.js";
import { diagnosis } from "../src/terminal/diagnosis.js";
import { openTerminal } from "../src/terminal/terminal.js";

const machine = {
  versions: { "em-stellar": "1.2.3", tfjs: "4.22.0", node: "20.19.0" },
  system: "linux 6.1 x64",
  processor: "EPYC",
  cores: 2,
  memory: { total: 8 * 2 ** 30, free: 3 * 2 ** 30 },
};
const ready: Finding = {
  backend: "webgpu",
  status: "ready",
  started: "webgpu",
  device: "webgpu (nvidia-h200)",
  details: { "tfjs-core": "4.22.0", features: "shader-f16", driver: "" },
  devices: ["vulkan: NVIDIA H200"],
};
const missing: Finding = { backend: "cuda", status: "missing", problem: "It is not there.", remedy: "Install it." };
const failed: Finding = { backend: "wasm", status: "failed", problem: "It broke.", remedy: "", log: ["one", "two"] };

describe("the diagnosis", () => {
  it("has a line for what is, what is wrong and what mends it, within the width of the terminal", () => {
    const auto = { ...ready, backend: "auto", summary: "the first that starts of cuda, webgpu, tensorflow and wasm" };
    expect(diagnosis(machine, [missing, ready, failed], auto, 60)).toEqual([
      "em-stellar 1.2.3, tfjs 4.22.0, Node 20.19.0, linux 6.1 x64",
      "EPYC, 2 cores, 8 GiB of memory (3 free)",
      "",
      "· cuda        missing  It is not there.",
      "                       Install it.",
      "✓ webgpu      ready    webgpu (nvidia-h200)",
      "                       features: shader-f16",
      "                       Devices found: vulkan: NVIDIA H200.",
      "✗ wasm        failed   It broke.",
      "                       It wrote: one / two",
      "",
      "auto takes webgpu, the first that starts of cuda, webgpu,",
      "tensorflow and wasm.",
    ]);
  });

  it("says what to name where auto itself breaks", () => {
    const auto = { backend: "auto", status: "failed", problem: "Its process ended.", remedy: "", summary: "" } as const;
    expect(diagnosis(machine, [failed, ready], auto, 120).at(-1)).toBe(
      "auto does not work. Its process ended. Name one that is ready: --backend webgpu.",
    );
  });
});

describe("em-stellar doctor", () => {
  async function run(json: boolean, find: (backend: string) => Finding) {
    let text = "";
    const terminal = openTerminal({ write: (more) => (text += more) }, {});
    const ended = doctor({ json }, terminal, async (backend) => find(backend));
    const error: unknown = await ended.then(
      () => undefined,
      (thrown) => thrown,
    );
    return { text, error };
  }

  it("looks at every backend, and at auto", async () => {
    const { text, error } = await run(true, (backend) => ({ ...ready, backend }));
    const told: Record<string, unknown> & { backends: Finding[] } = JSON.parse(text);
    expect(error).toBeUndefined();
    expect(told.backends.map(({ backend }) => backend)).toEqual(["cuda", "webgpu", "tensorflow", "wasm", "cpu"]);
    expect(told).toMatchObject({ auto: { backend: "auto" }, versions: { node: process.versions.node } });
    expect((await run(false, (backend) => ({ ...ready, backend }))).text).toContain("✓ cpu         ready");
  });

  it("starts no process for what auto has settled, and takes its word", async () => {
    const examined: string[] = [];
    const cuda = { ...missing, devices: ["NVIDIA L4"] };
    const { text } = await run(true, (backend) => {
      examined.push(backend);
      return { ...ready, backend, ...(backend === "auto" && { settled: [cuda] }) };
    });
    expect(examined[0]).toBe("auto");
    expect(examined.toSorted()).toEqual(["auto", "cpu", "tensorflow", "wasm", "webgpu"]);
    const { backends, auto }: { backends: Finding[]; auto: Finding } = JSON.parse(text);
    expect(backends[0]).toEqual(cuda);
    expect(backends[1]).toEqual({ ...ready, backend: "webgpu" });
    expect(auto).toEqual({ ...ready, backend: "auto" });
  });

  it("fails where nothing works, after it has said why", async () => {
    const { text, error } = await run(false, (backend) => ({ ...failed, backend }));
    expect(text).toContain("✗ cpu         failed   It broke.");
    expect(error).toMatchObject({ message: expect.stringMatching(/^No backend starts on this machine/) });
  });
});

describe("what one backend is found to be", () => {
  it("comes from starting it", async () => {
    expect(await examine("cpu", builtins)).toMatchObject({
      backend: "cpu",
      status: "ready",
      started: "cpu",
      device: "cpu (plain JavaScript)",
      details: { "tfjs-core": machine.versions.tfjs },
    });
  });

  it("settles with auto what it took, and what it passed over because something is not installed, with their devices", async () => {
    const absent = defineBackend({
      id: "absent",
      summary: "Needs a package",
      defaults: {},
      preference: 2,
      start: () =>
        Promise.reject(
          new BackendUnavailableError({
            backend: "absent",
            status: "missing",
            problem: "It is not there.",
            remedy: "Install it.",
          }),
        ),
      devices: async () => ["one"],
    });
    const broken = defineBackend({
      id: "broken",
      summary: "Throws",
      defaults: {},
      preference: 1.5,
      start: () => Promise.reject(new Error("It broke.")),
    });
    const works = { id: "works", summary: "Works", defaults: {}, preference: 1, start: async () => started };
    const started: Device = {
      backend: "works",
      options: {},
      description: "works (here)",
      details: { speed: "1" },
      prepare: (model) => model,
      peakBytes: () => 0,
      dispose: async () => {},
    };
    const plugin = definePlugin({
      name: "three",
      version: "1.0.0",
      components: [absent, broken, defineBackend(works)],
    });
    const registry = createRegistry(plugin, autoAmong(plugin));
    const { settled, ...finding } = await examine("auto", registry);
    expect(finding).toMatchObject({
      status: "ready",
      started: "works",
      details: { speed: "1", choice: expect.any(String) },
    });
    expect({ settled }).toEqual({
      settled: [
        { backend: "absent", status: "missing", problem: "It is not there.", remedy: "Install it.", devices: ["one"] },
        { backend: "works", status: "ready", started: "works", device: "works (here)", details: { speed: "1" } },
      ],
    });
  });

  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "em-stellar-doctor-"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  let count = 0;
  const apart = (code: string, seconds = { start: 30, end: 10 }) => {
    const entry = join(folder, `${count++}.mjs`);
    writeFileSync(entry, code);
    return examineApart("tensorflow", [], pathToFileURL(entry), seconds);
  };
  const send = (finding: Finding) => `process.send(${JSON.stringify(finding)}, () => process.disconnect());`;

  it("is told by a process of its own, which gets the backend's id", async () => {
    const finding = await apart(
      'process.send({ backend: process.argv[2], status: "ready" }, () => process.disconnect());',
    );
    expect(finding).toEqual({ backend: "tensorflow", status: "ready" });
  });

  it("is a crash where that process crashes, with its last words", async () => {
    const crash =
      'console.error("libtensorflow: illegal instruction\\n    at nowhere"); process.kill(process.pid, "SIGILL");';
    expect(await apart(crash)).toMatchObject({
      status: "failed",
      problem: "Its process ended before it had started (SIGILL).",
      log: ["libtensorflow: illegal instruction"],
    });
    expect(await apart(`${send(ready)} process.on("exit", () => process.abort());`)).toMatchObject({
      status: "failed",
      problem: "Its process ended after it had started (SIGABRT).",
    });
    expect(await apart("process.exit(3);")).toMatchObject({
      problem: "Its process ended before it had started (exit code 3).",
    });
  });

  it("is a failure where that process does not come to an end", async () => {
    const stay = "setInterval(() => {}, 1000);";
    expect(await apart(stay, { start: 1, end: 1 })).toMatchObject({
      status: "failed",
      problem: "It did not start within 1 s.",
    });
    const soon = { start: 30, end: 0.3 };
    expect(await apart(stay + send(ready), soon)).toMatchObject({
      status: "failed",
      problem: "It starts, but keeps its process alive for more than 0.3 s after its release.",
    });
    expect(await apart(stay + send(failed), soon)).toMatchObject({ problem: "It broke." });
  });
});

it("the machine has at least one core, and memory", () => {
  const { cores, memory } = describeMachine();
  expect(cores).toBeGreaterThanOrEqual(1);
  expect(memory.free).toBeLessThan(memory.total);
});
