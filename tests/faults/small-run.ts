import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { play } from "./commands.js";

/** A suite that trains in a second. */
export const smallSuite = {
  name: "small",
  data: { id: "phantom", options: { size: 64, trainImages: 4, testImages: 2, groups: 2 } },
  networks: [{ id: "unet-bn", options: { baseFilters: 2, depth: 1 } }],
  loss: "binary-cross-entropy",
  optimizer: { id: "adam", options: { learningRate: 0.01 } },
  metrics: ["jaccard", "f1"],
  folds: 2,
  seeds: [1],
  training: { patch: 16, batchSize: 2, steps: 2, validateEvery: 1, checkpoints: ["loss", "jaccard"] },
  ensembles: [{ combine: "average", top: 2, by: "jaccard" }],
  baselines: ["constant", "otsu"],
};

/** The model of {@link smallSuite}'s run, in its folder. */
export const smallModel = "jobs/unet-bn/fold-0/seed-1/checkpoints/loss";

/** Ids of {@link smallSuite}'s test images. */
const smallImages = ["C1", "D1"];

/**
 * Leaves in a folder what each command leaves (`run`, `evaluation`, `features` and `predictions`), beside `images` and `truth`,
 * the test images of the run.
 */
export async function makeFolders(folder: string): Promise<void> {
  const at = (...path: string[]) => join(folder, ...path);
  for (const part of ["images", "truth"]) mkdirSync(at(part), { recursive: true });
  writeFileSync(at("suite.json"), JSON.stringify(smallSuite));
  await play("run", at("suite.json"), "--out", at("run"), "--executor", "in-process", "--backend", "wasm");
  for (const id of smallImages) {
    copyFileSync(at("run", "test", id, "image.png"), at("images", `${id}.png`));
    copyFileSync(at("run", "test", id, "truth.png"), at("truth", `${id}.png`));
  }
  const model = at("run", smallModel);
  await play("predict", model, at("images"), "--out", at("predictions"), "--backend", "wasm");
  await play("features", model, "--images", at("images"), "--out", at("features"), "--backend", "wasm");
  for (const method of ["one", "two"]) {
    mkdirSync(at("methods", method), { recursive: true });
    for (const id of smallImages) copyFileSync(at("predictions", `${id}.png`), at("methods", method, `${id}.png`));
  }
  const [truth, out] = [at("truth"), at("evaluation")];
  await play("evaluate", "--truth", truth, "--predictions", at("methods"), "--out", out, "--workers", "1");
}
