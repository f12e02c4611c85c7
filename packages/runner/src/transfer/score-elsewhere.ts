import type { JobId } from "@em-stellar/core";
import { probabilityPng } from "@em-stellar/data";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import type { NetworkMethod } from "../method.js";
import { dataOf } from "../method.js";
import { type OpenRun, runOn } from "../open-run.js";
import { scoresOnTest } from "../training/test-images.js";
import { predict } from "../training/validate.js";
import type { Normalize } from "../training/validation-images.js";
import type { ElsewhereScores } from "./elsewhere.js";
import { elsewhereFolder } from "./elsewhere.js";

/** Predicts the test images of the suite's other data, stores the 16-bit maps, and scores what was stored; by name of the data. */
export async function scoreElsewhere(
  run: OpenRun,
  job: JobId,
  method: NetworkMethod,
  model: LayersModel,
  threshold: number,
  normalize: Normalize,
): Promise<Record<string, ElsewhereScores>> {
  const scores: Record<string, ElsewhereScores> = {};
  for (const name of run.datasets.keys()) {
    if (name === dataOf(run.suite, method)) continue;
    const folder = elsewhereFolder(job, name);
    scores[name] = await scoresOnTest(
      runOn(run, name),
      threshold,
      // Images of two sources may have the same name: a normalisation is known by it.
      (sample) => predict(model, method, sample.image, normalize({ ...sample, id: `${name}\n${sample.id}` })),
      (id, map) => run.store.write(`${folder}/${id}.png`, probabilityPng(map)),
    );
  }
  return scores;
}
