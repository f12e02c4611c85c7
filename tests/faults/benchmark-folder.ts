import { cpSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startCommand } from "../start-command.js";

/** A benchmark of two seconds: a network, a floor and an ensemble. */
const suite = {
  name: "small",
  data: { id: "phantom", options: { size: 64, trainImages: 4, testImages: 2, groups: 2 } },
  networks: [{ id: "unet-bn", options: { baseFilters: 2, depth: 1, dropout: 0.2 } }],
  loss: "binary-cross-entropy",
  optimizer: "radam",
  metrics: ["jaccard", "f1"],
  folds: 2,
  training: { patch: 32, batchSize: 2, steps: 24, validateEvery: 4, checkpoints: ["jaccard", "loss"] },
  ensembles: [{ combine: "average", top: 2, by: "jaccard" }],
  baselines: ["otsu"],
  backend: "wasm",
};

export type CommandName = "run" | "predict" | "evaluate";

/** The arguments of each command, as they are given in the folder of {@link benchmarkFolder}, for an output folder. */
export const commands: Readonly<Record<CommandName, (out: string) => string[]>> = {
  run: (out) => ["run", "suite.json", "--out", out, "--workers", "2", "--log", `${out}.jsonl`],
  predict: (out) => ["predict", "whole", "images", "--out", out, "--backend", "wasm"],
  evaluate: (out) => [
    ...["evaluate", "--truth", "truth", "--predictions", "methods", "--images", "images"],
    ...["--out", out, "--workers", "2"],
  ],
};

/** A new folder that holds a suite, the undisturbed run of it in `whole`, and from that images, truth and two methods. */
export async function benchmarkFolder(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "em-stellar-faults-"));
  writeFileSync(join(folder, "suite.json"), JSON.stringify(suite));
  const { code, said } = await startCommand(folder, commands.run("whole")).ended;
  if (code !== 0) throw new Error(`The undisturbed run ended with ${code}: ${said}`);
  const whole = join(folder, "whole");
  for (const id of readdirSync(join(whole, "test"))) {
    // Some copies: what has only two images to do has ended before it is disturbed.
    for (let copy = 0; copy < 4; copy++) {
      const put = (from: string, to: string) => {
        mkdirSync(join(folder, to), { recursive: true });
        cpSync(join(whole, from), join(folder, to, `${id}-${copy}.png`));
      };
      put(`test/${id}/image.png`, "images");
      put(`test/${id}/truth.png`, "truth");
      for (const fold of [0, 1]) put(`jobs/unet-bn/fold-${fold}/seed-1/predictions/${id}.png`, `methods/fold-${fold}`);
    }
  }
  return folder;
}
