import { compare, createScorer, nextTurn, type RunResult } from "@em-stellar/core";
import { probabilityPng, toUint16 } from "@em-stellar/data";
import type { LoadedSample } from "../loaded-sample.js";
import type { OpenRun } from "../open-run.js";
import type { PlannedSample } from "../plan.js";

/**
 * Predicts every test image, stores the 16-bit maps under `folder/predictions`, and scores what was stored.
 */
export async function scoreTestImages(
  { suite, store, test, samples }: OpenRun,
  folder: string,
  threshold: number,
  predict: (sample: LoadedSample, planned: PlannedSample) => Promise<Float32Array>,
): Promise<Pick<RunResult, "pooled" | "perImage" | "predictions">> {
  const scorer = createScorer(suite.metrics);
  const predictions = `${folder}/predictions`;
  for (const planned of test) {
    const sample = await samples.read(planned);
    const { width, height } = sample.image;
    // As it is stored: every number of the results can be computed again from the file.
    const prediction = { width, height, data: toUint16(await predict(sample, planned)), maximum: 65535, threshold };
    await store.write(`${predictions}/${sample.id}.png`, probabilityPng(prediction));
    scorer.add(sample.id, compare(sample.truth, prediction));
    await nextTurn();
  }
  return { ...scorer.result(), predictions };
}
