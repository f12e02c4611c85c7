import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RunResult } from "@em-stellar/core";
import type { Device } from "@em-stellar/core/training";
import { folderStore } from "@em-stellar/runner/node";
import quick from "../../examples/cardiac/quick.js";
import { trainings } from "../trainings.js";

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
    seeds: [1],
    baselines: [],
    trainings: quick.trainings.map(({ options }) => ({
      options: { ...options, steps, validateEvery: Math.min(options.validateEvery, steps) },
    })),
  };
  const folder = await mkdtemp(join(tmpdir(), "em-stellar-gpu-"));
  try {
    const start = performance.now();
    const store = await folderStore(folder);
    let run: RunResult | undefined;
    for await (const result of trainings(suite, { device, store, fold: 0 })) run = result;
    if (!run) throw new Error("The run ended without results.");
    return {
      suite: suite.name,
      network: suite.networks.map(({ id }) => id).join(", "),
      steps,
      seconds: run.seconds,
      wallSeconds: (performance.now() - start) / 1000,
      jaccard: run.pooled.jaccard ?? null,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
