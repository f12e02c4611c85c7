import { copyFile, cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { main } from "../../packages/em-stellar/src/cli.js";

const narrow = { baseFilters: 4, depth: 2, dropout: null, head: "stable" };

/** Three networks, an ensemble and three floors on invented images, trained for seconds. */
const suite = (name: string, seed: number, testImages: number, more: object = {}) => ({
  name,
  data: { id: "phantom", options: { seed, size: 64, trainImages: 6, testImages } },
  networks: [
    { id: "unet", options: narrow },
    { id: "unet-bn", options: { ...narrow, batchNormMomentum: 0.9 } },
    { id: "prelu-net", options: { ...narrow, batchNormMomentum: 0.9 } },
  ],
  loss: "jaccard-log",
  optimizer: { id: "radam", options: { learningRate: 0.02 } },
  metrics: ["jaccard", "f1", "sensitivity", "ppv"],
  folds: 3,
  training: { patch: 32, batchSize: 4, steps: 40, validateEvery: 10, checkpoints: ["jaccard"] },
  augmentation: null,
  ensembles: [{ combine: "average", top: 3, by: "jaccard" }],
  baselines: ["constant", "otsu", "smoothed-threshold"],
  ...more,
});
const faint = { id: "phantom", options: { seed: 3, size: 64, trainImages: 6, testImages: 4, contrast: 0.3 } };

/** Makes a page of each kind by the command, in folders within one that is empty; their files by kind. */
export async function drawPages(
  folder: string,
): Promise<Record<"report" | "transfer" | "evaluation" | "comparison" | "features", string>> {
  const at = (...parts: string[]) => join(folder, ...parts);
  for (const [name, seed, testImages, more] of [
    ["report-run", 1, 14, {}],
    ["other-run", 2, 4, { transferTo: { faint } }],
  ] as const) {
    await writeFile(at(`${name}.json`), JSON.stringify(suite(name, seed, testImages, more)));
    await command("run", at(`${name}.json`), "--executor", "in-process", "--out", at(name));
  }
  const { images } = await masksOf(folder, at("report-run"));
  await command(
    "evaluate",
    "--truth",
    at("truth"),
    "--predictions",
    at("predictions"),
    "--images",
    images,
    "--out",
    at("evaluation"),
    "--workers",
    "1",
  );
  await command("compare", at("report-run"), at("other-run"), "--out", at("comparison.html"));
  const models = ["unet", "prelu-net"].map((network) => at("report-run", "jobs", network, "fold-0", "seed-1"));
  await command("features", ...models, "--images", images, "--count", "2", "--out", at("features"));
  return {
    report: at("report-run", "report", "index.html"),
    transfer: at("other-run", "report", "index.html"),
    evaluation: at("evaluation", "report", "index.html"),
    comparison: at("comparison.html"),
    features: at("features", "report", "index.html"),
  };
}

/** Copies what a run found on its test images, and their truth, to where somebody who evaluates keeps such files. */
async function masksOf(folder: string, run: string): Promise<{ images: string }> {
  const results = JSON.parse(await readFile(join(run, "results.json"), "utf8"));
  const images = join(folder, "images");
  for (const kind of ["images", "truth"]) await mkdir(join(folder, kind));
  for (const { id, image, truth } of results.data.testImages) {
    await copyFile(join(run, image), join(images, `${id}.png`));
    await copyFile(join(run, truth), join(folder, "truth", `${id}.png`));
  }
  for (const { name, runs } of results.methods) {
    await cp(join(run, runs[0].predictions), join(folder, "predictions", name), { recursive: true });
  }
  return { images };
}

async function command(...args: string[]): Promise<void> {
  let said = "";
  const write = (text: string) => (said += text);
  const status = await main(args, { stdout: { write }, stderr: { write }, env: {} });
  if (status !== 0) throw new Error(`em-stellar ${args.join(" ")} ended with ${status}:\n${said}`);
}
