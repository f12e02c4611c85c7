import { type JobId, probabilities, type RunResult, type Sample } from "@em-stellar/core";
import type { LoadedSample } from "./loaded-sample.js";
import type { BaselineMethod } from "./method.js";
import { now } from "./now.js";
import { jobFolder, type OpenRun } from "./open-run.js";
import { score } from "./score.js";
import { scoreTestImages } from "./training/test-images.js";

/** Fits a baseline on a fold's training images, scores it on the validation images, then on the test images. */
export async function fitBaseline(run: OpenRun, job: JobId, { baseline }: BaselineMethod): Promise<RunResult> {
  const started = now();
  const fold = run.folds[job.fold];
  const pick = (indices: readonly number[] = []) => indices.map((i) => run.train[i] as LoadedSample); // splitFolds indexes `train`
  const segmenter = await baseline.fit(pick(fold?.train).map(asSample));
  const seconds = now() - started;
  const validation = pick(fold?.validation).map(({ id, image, truth }) => ({
    image: id,
    truth,
    prediction: segmenter.segment(image),
  }));
  const tested = await scoreTestImages(run, jobFolder(job), 0.5, async ({ image }) =>
    probabilities(segmenter.segment(image)),
  );
  return {
    fold: job.fold,
    seed: job.seed,
    state: "done",
    threshold: 0.5,
    steps: 0,
    seconds,
    validation: score(run.suite.metrics, validation).pooled,
    history: [],
    learnt: { ...segmenter.learnt },
    ...tested,
  };
}

function asSample({ id, image, truth }: LoadedSample): Sample {
  return { id, image: async () => image, mask: async () => truth };
}
