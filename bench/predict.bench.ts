/**
 * How much faster `em-stellar predict` is with several workers than with one: an image of 4096² pixels and unet-bn with base 16, the
 * built command with 1 and with `--workers` (default 2) threads in turns. `npm run bench predict`
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { wasm } from "@em-stellar/backend-wasm";
import { createRandom } from "@em-stellar/core";
import { encodePng } from "@em-stellar/data";
import { unetBn } from "@em-stellar/nets-unet";
import type { io } from "@tensorflow/tfjs-core";

const { values } = parseArgs({
  options: {
    side: { type: "string", default: "4096" },
    base: { type: "string", default: "16" },
    workers: { type: "string", default: "2" },
    rounds: { type: "string", default: "3" },
  },
});
const bin = fileURLToPath(new URL("../packages/em-stellar/bin/em-stellar.cjs", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "em-stellar-predict-"));

async function writeModel(): Promise<void> {
  const device = await wasm().start();
  let seed = 1;
  const model = unetBn({ baseFilters: Number(values.base), head: "stable" }).build([null, null, 1], () => seed++);
  mkdirSync(join(folder, "model"));
  await model.save({
    async save({ modelTopology, weightSpecs, weightData }: io.ModelArtifacts) {
      writeFileSync(join(folder, "model", "weights.bin"), new Uint8Array(weightData as ArrayBuffer)); // one piece here
      const weightsManifest = [{ paths: ["weights.bin"], weights: weightSpecs }];
      const json = { format: "layers-model", modelTopology, weightsManifest };
      writeFileSync(join(folder, "model", "model.json"), JSON.stringify(json));
      return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: "JSON" } };
    },
  });
  await device.dispose();
}

async function writeImage(): Promise<void> {
  const side = Number(values.side);
  const random = createRandom("image");
  const data = Uint8Array.from({ length: side * side }, () => random.integer(256));
  writeFileSync(join(folder, "image.png"), await encodePng({ width: side, height: side, channels: 1, data }));
}

/** Seconds of the whole command. */
function predict(workers: string): number {
  const out = join(folder, workers);
  const start = performance.now();
  const options = ["--normalization", "z-score", "-b", "wasm", "--workers", workers, "--fresh", "--out", out];
  execFileSync(process.execPath, [bin, "predict", join(folder, "model"), join(folder, "image.png"), ...options]);
  return (performance.now() - start) / 1000;
}

try {
  await writeModel();
  await writeImage();
  for (let round = 0; round < Number(values.rounds); round++) {
    const [one, several] = [predict("1"), predict(values.workers)];
    const isSame = ["1", values.workers]
      .map((workers) => readFileSync(join(folder, workers, "image.png")))
      .every((file, _, [first]) => file.equals(first as Buffer));
    if (!isSame) throw new Error("The maps differ.");
    const ratio = (one / several).toFixed(2);
    console.log(`1 worker ${one.toFixed(1)} s, ${values.workers} workers ${several.toFixed(1)} s: ${ratio}`);
  }
} finally {
  rmSync(folder, { recursive: true });
}
