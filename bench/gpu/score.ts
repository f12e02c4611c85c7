import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Results } from "@em-stellar/core";
import type { Device } from "@em-stellar/core/training";
import { runSuite } from "@em-stellar/runner";
import { folderStore } from "@em-stellar/runner/node";
import { builtins } from "em-stellar";
import quick from "../../examples/cardiac/quick.js";

/** One training on real data, from the images to the score on test images. */
export interface Score {
  readonly suite: string;
  readonly network: string;
  readonly steps: number;
  /** Of the training alone, with its validations and the test images. */
  readonly seconds: number;
  /** With the reading of the data and the records. */
  readonly wallSeconds: number;
  readonly jaccard: number | null;
}

/** Trains the network of examples/cardiac (quick, fold 0, seed 1) for so many steps, through the runner as the command does. */
export async function trainToScore(device: Device, steps: number): Promise<Score> {
  const suite = {
    ...quick,
    baselines: [],
    trainings: quick.trainings.map(({ options }) => ({
      options: { ...options, steps, validateEvery: Math.min(options.validateEvery, steps) },
    })),
  };
  const folder = await mkdtemp(join(tmpdir(), "em-stellar-gpu-"));
  try {
    const start = performance.now();
    const store = await folderStore(folder);
    const select = ({ fold, seed }: { fold: number; seed: number }) => fold === 0 && seed === 1;
    let results: Results | undefined;
    for await (const event of runSuite(suite, { registry: builtins, device, store, select })) {
      if (event.type === "run-finished") results = event.results;
    }
    const method = results?.methods[0];
    const run = method?.runs[0];
    if (!method || !run) throw new Error("The run ended without results.");
    if (run.state !== "done") throw new Error(`The training failed: ${run.failure}`);
    return {
      suite: suite.name,
      network: method.name,
      steps,
      seconds: run.seconds,
      wallSeconds: (performance.now() - start) / 1000,
      jaccard: method.pooled.jaccard ?? null,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
