import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { wasm } from "@em-stellar/backend-wasm";
import { createRandom } from "@em-stellar/core";
import { unetBn } from "@em-stellar/nets-unet";
import type { io } from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { writePng } from "../../../data/test/image-files.js";

const bin = fileURLToPath(new URL("../../dist/bin.js", import.meta.url));
let folder: string;
const at = (...path: string[]) => join(folder, ...path);

/** Starts the built command; `interrupt` ends it as Ctrl-C does once it has written that. */
function predict(images: string, out: string, options: readonly string[], interrupt?: string) {
  const all = ["predict", at("model"), at(images), "--out", at(out), "--normalization", "z-score", "-b", "wasm"];
  return new Promise<{ code: number | null; output: string }>((resolve) => {
    const child = spawn(process.execPath, [bin, ...all, ...options], { stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    const listen = (text: Buffer) => {
      output += text;
      if (interrupt !== undefined && output.includes(interrupt)) child.kill("SIGINT");
    };
    child.stdout.on("data", listen);
    child.stderr.on("data", listen);
    child.on("close", (code) => resolve({ code, output }));
  });
}

/** Every file in an output folder but the record, which says when and where. */
async function filesIn(out: string): Promise<Map<string, string>> {
  const names = (await readdir(at(out), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && entry.name !== "predictions.json")
    .map((entry) => join(entry.parentPath, entry.name));
  const files = await Promise.all(names.map(async (name) => (await readFile(name)).toString("base64")));
  return new Map(names.map((name, i) => [name.slice(at(out).length), files[i] as string]));
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "em-stellar-workers-"));
  const device = await wasm().start();
  let seed = 1;
  const model = unetBn({ baseFilters: 4, depth: 2, head: "stable" }).build([null, null, 1], () => seed++);
  await mkdir(at("model"));
  await model.save({
    async save({ modelTopology, weightSpecs, weightData }: io.ModelArtifacts) {
      await writeFile(at("model", "weights.bin"), new Uint8Array(weightData as ArrayBuffer)); // one piece, from this version of tfjs
      const weightsManifest = [{ paths: ["weights.bin"], weights: weightSpecs }];
      await writeFile(
        at("model", "model.json"),
        JSON.stringify({ format: "layers-model", modelTopology, weightsManifest }),
      );
      return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: "JSON" } };
    },
  });
  model.dispose();
  await device.dispose();
  for (let i = 0; i < 6; i++) {
    const random = createRandom(i);
    const rows = Array.from({ length: 90 + 7 * i }, () => Array.from({ length: 150 }, () => random.integer(256)));
    await writePng(at("images", `${i}.png`), rows);
  }
});
afterAll(() => rm(folder, { recursive: true }));

it.each([
  { name: "images as a whole", options: ["--objects", "--overlay", "--output", "both"] },
  { name: "tiles", options: ["--tile", "64"] },
  { name: "eight turns of tiles", options: ["--tile", "96", "--test-time-augmentation"] },
])("three workers give the files of one, to the bit: $name", async ({ name, options }) => {
  const [one, three] = [`${name} 1`, `${name} 3`];
  expect((await predict("images", one, [...options, "--workers", "1"])).output).toContain("Predicted 6 images");
  const { code, output } = await predict("images", three, [...options, "--workers", "3"]);
  expect([code, output]).toEqual([0, expect.stringMatching(/^Device: wasm .*, 3 workers$/m)]);
  expect([...output.matchAll(/^✓ .*(\d)\.png/gm)].map(([, image]) => image)).toEqual(["0", "1", "2", "3", "4", "5"]);
  const files = await filesIn(one);
  expect(files.size).toBeGreaterThanOrEqual(6);
  expect(await filesIn(three)).toEqual(files);
});

it("stopped, it keeps the images that are finished, and goes on from there", async () => {
  // Of eight turns, so that there is still much to do when the first image is finished.
  const options = ["--tile", "96", "--test-time-augmentation", "--workers", "2"];
  const stopped = await predict("images", "stopped", options, "✓");
  expect([stopped.code, stopped.output]).toEqual([
    130,
    expect.stringContaining("! Stopped. Run the same command again"),
  ]);
  const again = await predict("images", "stopped", options);
  expect([again.code, again.output]).toEqual([0, expect.stringMatching(/^Images: .*; \d of them are in .* already$/m)]);
  expect(await filesIn("stopped")).toEqual(await filesIn("eight turns of tiles 1"));
});
