import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { main } from "../src/cli.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(import.meta.dirname, ".complexity-")); // where a plugin finds tfjs
});
afterEach(() => rm(folder, { recursive: true }));

async function complexity(...args: string[]) {
  let stdout = "";
  let stderr = "";
  const status = await main(["complexity", ...args], {
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
    env: {},
  });
  return { status, stdout, stderr, lines: stdout.split("\n") };
}

const suite = {
  name: "small",
  data: "phantom",
  networks: [
    { id: "unet", options: { baseFilters: 2, depth: 1 } },
    { id: "unet", options: { baseFilters: 4, depth: 1 } },
  ],
  loss: "dice",
  optimizer: "adam",
  metrics: ["jaccard"],
  training: { patch: 32 },
};
const write = async (name: string, content: unknown) => {
  await writeFile(join(folder, name), typeof content === "string" ? content : JSON.stringify(content));
  return join(folder, name);
};

describe("em-stellar complexity", () => {
  it("gives what was published of a network, as a table that says what its columns are", async () => {
    const { status, stderr, lines } = await complexity("em-net-v1-2x", "unet-bn");
    expect([status, stderr]).toEqual([0, ""]);
    expect(lines[0]).toBe("One image of 512 × 512 pixels with 1 channel:");
    expect(lines[2]).toBe(
      "network       trained   other     MACs  FLOPs: conv  profiler      all  predicting  training",
    );
    expect(lines[4]).toMatch(/^em-net-v1-2x {4}7\.0 M {4}2884 {3}70\.8 G {6}141\.6 G {3}142\.1 G {2}142\.4 G /);
    expect(lines[5]).toMatch(/^unet-bn {8}31\.0 M {2}13\.7 k {2}218\.4 G {6}436\.8 G {3}437\.0 G {2}437\.5 G /);
    expect(lines[7]).toBe("trained, other  weights that training changes, and moving averages");
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThan(96);
  });

  it("gives the exact numbers as JSON, at any size the network takes", async () => {
    const { stdout } = await complexity("segnet-emnet", "--size", "64", "--json");
    expect(JSON.parse(stdout)).toEqual([
      {
        ...{ id: "segnet-emnet", options: expect.objectContaining({ baseFilters: 32 }) },
        ...{ height: 64, width: 64, channels: 1, trainable: 7_809_347, nonTrainable: 8_194, macs: 680_787_968 },
        flops: { conv: 1_361_575_936, tfProfiler: 1_362_755_584, allOp: 1_365_557_248 },
        memory: { weights: 31_270_164, inference: 1_064_960, training: expect.any(Number) },
        unknownLayers: [],
      },
    ]);
    const { stderr } = await complexity("segnet-emnet", "--size", "100");
    expect(stderr).toMatch(/^error: network "segnet-emnet" takes sides that are multiples of 32.*Nearest: 96 or 128\./);
  });

  it("counts the networks of a suite with their options, at its patch, and layer by layer", async () => {
    const file = await write("suite.json", suite);
    const { lines } = await complexity("--suite", file, "--layers");
    expect(lines[0]).toBe("One image of 32 × 32 pixels with 1 channel:");
    expect(lines.filter((line) => line.startsWith("unet "))).toEqual([
      ...["unet baseFilters 2, depth 1", "unet baseFilters 4, depth 1"],
      expect.stringMatching(/^unet baseFilters 2, depth 1 +\d/),
      expect.stringMatching(/^unet baseFilters 4, depth 1 +\d/),
    ]);
    // 3 · 3 taps from 1 to 2 filters on 32 · 32 places: 20 weights, 18432 MACs; bias and ReLU for each of 2048 values.
    expect(lines).toContainEqual(
      expect.stringMatching(/^encoder-1-conv-1 +Conv2D +32 × 32 × 2 +20 +0 +18\.4 k +41\.0 k$/),
    );
    const other = await complexity("--suite", file, "unet-bn");
    expect(other.stderr).toMatch(/^error: No network named "unet-bn"\. Available: unet\./);
  });

  it("prints lower bounds as such, with the layers that a plugin left uncounted", async () => {
    await write(
      "plugin.mjs",
      `import { definePlugin } from "@em-stellar/core";
       import { defineNetwork } from "@em-stellar/core/training";
       import { input, layers, model } from "@tensorflow/tfjs-layers";
       class Glow extends layers.Layer { static className = "MyLabGlow"; }
       const glowing = defineNetwork({
         id: "glowing", summary: "", defaults: {}, layers: [Glow], stride: () => 1,
         build(_, shape) {
           const image = input({ shape });
           const x = layers.conv2d({ filters: 1, kernelSize: 1 }).apply(image);
           return model({ inputs: image, outputs: new Glow({ name: "glow" }).apply(x) });
         },
       });
       export default definePlugin({ name: "my-lab", version: "1.0.0", components: [glowing] });`,
    );
    const file = await write("suite.json", { ...suite, networks: ["glowing"], plugins: ["./plugin.mjs"] });
    const { lines, stderr } = await complexity("--suite", file, "--size", "10", "--channels", "3", "--layers");
    expect(stderr).toBe("");
    expect(lines).toContainEqual(expect.stringMatching(/^glow +MyLabGlow +10 × 10 × 1 +0 +0 +\? +\?$/));
    expect(lines).toContainEqual(
      expect.stringMatching(/^glowing +4 +0 +≥ 300 +≥ 600 +≥ 700 +≥ 700 +2\.0 kB +2\.0 kB$/),
    );
    expect(lines).toContain(
      "! glowing: lower bounds (≥), because these layers do not say what they compute: glow (MyLabGlow).",
    );
    const { stdout } = await complexity("--suite", file, "--json");
    expect(JSON.parse(stdout)).toMatchObject([{ unknownLayers: [{ name: "glow", type: "MyLabGlow" }] }]);
  });

  it("counts all networks where none is named: what docs/complexity.md shows", async () => {
    const document = await readFile(join(import.meta.dirname, "../../../docs/complexity.md"), "utf8");
    const { stdout } = await complexity();
    expect(document).toContain(`\`\`\`\n${stdout}\`\`\`\n`);
  });

  it.each([60, 100])("fits a terminal of %d columns, and names what it left out", async (columns) => {
    let stdout = "";
    const output = { write: (text: string) => (stdout += text), isTTY: true, columns };
    expect(
      await main(["complexity", "unet-bn", "em-net-v1-bn-2x", "--layers"], {
        ...process,
        stdout: output,
        env: { NO_COLOR: "1" },
      }),
    ).toBe(0);
    const lines = stdout.replaceAll("\r\u001b[0J", "").split("\n");
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(columns);
    const table = lines.findLastIndex((line) => line.startsWith("network "));
    expect(lines[table]).toMatch(/^network +trained +(other +)?MACs /);
    expect(lines[table + 2]).toMatch(/^unet-bn +31\.0 M /);
    const [, left] = /Not shown here: ([^.]*)\./.exec(lines.slice(table).join(" ")) ?? [];
    expect(left).toBe(columns === 60 ? "other, FLOPs: conv, profiler, all" : undefined);
  });

  it("suggests the network that was meant", async () => {
    const { status, stderr } = await complexity("em-net-v2-2");
    expect([status, stderr]).toEqual([1, expect.stringContaining('Did you mean "em-net-v2-2x"?')]);
  });
});
