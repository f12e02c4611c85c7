import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { wasm } from "@em-stellar/backend-wasm";
import { createRandom } from "@em-stellar/core";
import { createPngEncoder, decodeImage } from "@em-stellar/data";
import { unetBn } from "@em-stellar/nets-unet";
import { io } from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { drawKernels } from "./draw-kernels.js";
import { root } from "./workspace.js";

const command = join(root, "packages/em-stellar/dist/bin.js");
const side = 4096;

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "em-stellar-large-"));
  const device = await wasm().start();
  const random = createRandom("large");
  const model = unetBn({ baseFilters: 4, depth: 3, head: "stable", dropout: null }).build([null, null, 1], () =>
    random.integer(2 ** 31),
  );
  drawKernels(model, "large");
  await model.save(
    io.withSaveHandler(async ({ modelTopology, weightSpecs, weightData }) => {
      writeFileSync(join(folder, "weights.bin"), new Uint8Array(io.CompositeArrayBuffer.join(weightData)));
      const weightsManifest = [{ paths: ["weights.bin"], weights: weightSpecs }];
      writeFileSync(join(folder, "model.json"), JSON.stringify({ modelTopology, weightsManifest }));
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: "JSON" } };
    }),
  );
  await device.dispose();
  const notes = { normalization: { method: "z-score", scope: "image" } };
  writeFileSync(join(folder, "segmentation.json"), JSON.stringify(notes));

  // Stripes, spots and noise, in rows of growing brightness: per-tile normalisation would be seen.
  const encoder = createPngEncoder({ width: side, height: side, bits: 8 });
  const parts: Uint8Array[] = [];
  for (let y = 0; y < side; y++) {
    const grey = (x: number) => 40 + y / 32 + 25 * Math.sin(x / 17 + y / 31) * Math.cos(y / 23) + 40 * random.next();
    parts.push(...encoder.add(Uint8Array.from({ length: side }, (_, x) => grey(x))));
  }
  writeFileSync(join(folder, "image.png"), Buffer.concat([...parts, ...encoder.end()]));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Predicts the image in a process of its own; its largest memory in bytes, and the probabilities. */
async function predict(out: string, ...more: string[]): Promise<{ peak: number; said: string; map: Float32Array }> {
  const report = "process.on('exit', () => console.error('peak', process.resourceUsage().maxRSS * 1024));";
  const watched = ["--import", `data:text/javascript,${encodeURIComponent(report)}`, command];
  const image = join(folder, "image.png");
  const form = ["--backend", "wasm", "--format", "tiff", "--bits", "32", "--out", join(folder, out)];
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [...watched, "predict", folder, image, ...form, ...more],
    { encoding: "utf8" },
  );
  if (status !== 0) throw new Error(stderr);
  const path = join(folder, out, ...(more.includes("--overlay") ? ["probability"] : []), "image.tif");
  const [decoded] = await decodeImage(new Uint8Array(readFileSync(path)), path);
  return { peak: Number(/^peak (\d+)$/m.exec(stderr)?.[1]), said: stdout, map: Float32Array.from(decoded?.data ?? []) };
}

it("an image of 4096 × 4096 pixels is predicted on wasm in less than 2 GiB, and without a seam", async () => {
  const one = ["--workers", "1"];
  const tiled = await predict("tiled", ...one);
  expect(tiled.peak).toBeLessThan(2 ** 31);
  expect(tiled.map).toHaveLength(side * side);
  // A quarter of the memory: other tiles, the same map, and indeed less memory.
  const small = await predict("small", ...one, "--memory", "256");
  expect(small.peak).toBeLessThan(0.8 * 2 ** 30);
  const whole = await predict("whole", ...one, "--memory", "4000");
  expect(whole.peak).toBeGreaterThan(tiled.peak);
  // Each of two workers keeps to the same bound.
  const shared = await predict("shared", "--workers", "2", "--memory", "256");
  expect(shared.peak).toBeLessThan(2 * 0.8 * 2 ** 30);
  expect(Buffer.from(shared.map.buffer).equals(Buffer.from(small.map.buffer))).toBe(true);

  let [largest, lowest, highest] = [0, 1, 0];
  for (let i = 0; i < whole.map.length; i++) {
    const value = whole.map[i] as number;
    for (const { map } of [tiled, small]) largest = Math.max(largest, Math.abs((map[i] as number) - value));
    [lowest, highest] = [Math.min(lowest, value), Math.max(highest, value)];
  }
  expect(highest - lowest).toBeGreaterThan(0.2); // there is something to see
  expect(largest).toBeLessThan(1e-4);
  console.log(
    `peaks: ${[tiled, small, whole, shared].map(({ peak }) => `${Math.round(peak / 2 ** 20)} MiB`).join(", ")}; largest difference ${largest}`,
  );
});

it("its overlay and its table of objects are made in less than 2 GiB, too, and count the same pixels", async () => {
  const { peak, map } = await predict("drawn", "--workers", "1", "--overlay", "--objects");
  expect(peak).toBeLessThan(2 ** 31);
  const path = join(folder, "drawn", "overlay", "image.png");
  const [overlay] = await decodeImage(new Uint8Array(readFileSync(path)), path);
  expect(overlay).toMatchObject({ width: side, height: side, channels: 3 });
  const inside = map.reduce((sum, value) => sum + Number(value > 0.5), 0);
  expect(inside).toBeGreaterThan(0);
  const [names, values] = readFileSync(join(folder, "drawn", "images.csv"), "utf8")
    .split("\n")
    .map((line) => line.trim().split(","));
  expect(Number(values?.[names?.indexOf("object_area_px") ?? -1])).toBe(inside);
  const areas = readFileSync(join(folder, "drawn", "objects.csv"), "utf8")
    .trim()
    .split("\n");
  const column = areas[0]?.split(",").indexOf("area_px") ?? -1;
  expect(areas.slice(1).reduce((sum, line) => sum + Number(line.split(",")[column]), 0)).toBe(inside);
});
