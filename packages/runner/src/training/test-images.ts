import type { ProbabilityMap, RunResult } from "@em-stellar/core";
import { probabilityPng } from "@em-stellar/data";
import { nextFrame } from "@tensorflow/tfjs-core";
import type { LoadedSample } from "../loaded-sample.js";
import type { OpenRun } from "../open-run.js";
import { type Scored, score } from "../score.js";

/**
 * Predicts every test image, stores the 16-bit maps under `folder/predictions`, and scores what was stored: every number
 * can be computed again from the files.
 */
export async function scoreTestImages(
  { suite, store, test }: OpenRun,
  folder: string,
  threshold: number,
  predict: (sample: LoadedSample) => Promise<Float32Array>,
): Promise<Pick<RunResult, "pooled" | "perImage" | "predictions">> {
  const scored: Scored[] = [];
  const predictions = `${folder}/predictions`;
  for (const sample of test) {
    const { width, height } = sample.image;
    const prediction = quantize(width, height, await predict(sample), threshold);
    await store.write(`${predictions}/${sample.id}.png`, probabilityPng(prediction));
    scored.push({ image: sample.id, truth: sample.truth, prediction });
    await nextFrame();
  }
  return { ...score(suite.metrics, scored), predictions };
}

/** A prediction as it is stored: 16 bits, so that every number of the results can be computed again from the file. */
function quantize(width: number, height: number, prediction: ArrayLike<number>, threshold: number): ProbabilityMap {
  // Rounds half down, so that a probability of exactly 0.5 stays on the side where "above 0.5" leaves it: background.
  const data = Uint16Array.from(prediction, (p) => Math.ceil(p * 65535 - 0.5));
  return { width, height, data, maximum: 65535, threshold };
}
