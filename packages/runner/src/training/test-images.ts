import { compare, createScorer, nextTurn, type ProbabilityMap, type RunResult } from "@em-stellar/core";
import { probabilityPng, toUint16 } from "@em-stellar/data";
import type { LoadedSample } from "../loaded-sample.js";
import type { OpenRun } from "../open-run.js";
import type { PlannedSample } from "../plan.js";

/** Predicts every test image, stores the 16-bit maps under `folder/predictions`, and scores what was stored. */
export async function scoreTestImages(
  run: OpenRun,
  folder: string,
  threshold: number,
  predict: (sample: LoadedSample, planned: PlannedSample) => Promise<Float32Array>,
): Promise<Pick<RunResult, "pooled" | "perImage" | "predictions">> {
  const predictions = `${folder}/predictions`;
  const keep = (id: string, map: ProbabilityMap) => run.store.write(`${predictions}/${id}.png`, probabilityPng(map));
  return { ...(await scoresOnTest(run, threshold, predict, keep)), predictions };
}

/** The scores of predictions of every test image, in 16 bits as they are kept: each number can be computed again from such files. */
export async function scoresOnTest(
  { suite, test, samples }: OpenRun,
  threshold: number,
  predict: (sample: LoadedSample, planned: PlannedSample) => Promise<Float32Array>,
  keep: (id: string, map: ProbabilityMap) => Promise<void> = async () => {},
): Promise<Pick<RunResult, "pooled" | "perImage">> {
  const scorer = createScorer(suite.metrics);
  for (const planned of test) {
    const sample = await samples.read(planned);
    const { width, height } = sample.image;
    const prediction = { width, height, data: toUint16(await predict(sample, planned)), maximum: 65535, threshold };
    await keep(sample.id, prediction);
    scorer.add(sample.id, compare(sample.truth, prediction));
    await nextTurn();
  }
  return scorer.result();
}
